# Owns the library in its three shapes, and its installation: shared, with one symbol map and soname; an archive of one
# object, whose inner names are its own; and, for unit tests alone, an archive that shows its inside.
include(CMakePackageConfigHelpers)

set(library_objects
  $<TARGET_OBJECTS:assay_base> $<TARGET_OBJECTS:assay_program> $<TARGET_OBJECTS:assay_facts>
  $<TARGET_OBJECTS:assay_run> $<TARGET_OBJECTS:assay_grammar> $<TARGET_OBJECTS:assay_grammar_generated>
  $<TARGET_OBJECTS:assay_lib> $<TARGET_OBJECTS:assay_dns>)
set(library_needs PkgConfig::PCRE2 PkgConfig::PSL PkgConfig::IDN2 PkgConfig::CARES m)
set(symbol_map ${CMAKE_SOURCE_DIR}/src/lib/assay.map)

# assay_library_shape(TARGET NAME): what the two public shapes share
function(assay_library_shape target name)
  add_library(assay::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME assay LINKER_LANGUAGE C EXPORT_NAME ${name}
    ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
  target_include_directories(${target} INTERFACE
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${target} PRIVATE ${library_needs})
endfunction()

# The soname changes when a symbol goes or changes; before 1.0 the second number of the version does too.
add_library(assay_shared SHARED ${library_objects})
assay_library_shape(assay_shared assay)
set_target_properties(assay_shared PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0 LINK_DEPENDS ${symbol_map})
target_link_options(assay_shared PRIVATE -Wl,--version-script=${symbol_map})

set(whole ${CMAKE_BINARY_DIR}/lib/assay.o)
add_custom_command(OUTPUT ${whole}
  COMMAND ${CMAKE_C_COMPILER} -r -nostdlib -o ${whole} ${library_objects}
  COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${whole}
  DEPENDS ${library_objects} COMMAND_EXPAND_LISTS VERBATIM)
add_library(assay_static STATIC ${whole})
assay_library_shape(assay_static assay_static)

add_library(assay_inside STATIC ${library_objects})
set_target_properties(assay_inside PROPERTIES LINKER_LANGUAGE C)
target_include_directories(assay_inside INTERFACE ${CMAKE_SOURCE_DIR}/include)
target_link_libraries(assay_inside PUBLIC ${library_needs})

# --- installation ---

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/assay)
install(TARGETS assay_shared EXPORT assayTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS assay_static EXPORT assayStaticTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT assayTargets NAMESPACE assay:: DESTINATION ${package_dir})
install(EXPORT assayStaticTargets NAMESPACE assay:: DESTINATION ${package_dir})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/assay DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/assayConfig.cmake.in ${CMAKE_BINARY_DIR}/assayConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/assayConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/assayConfig.cmake ${CMAKE_BINARY_DIR}/assayConfigVersion.cmake
  DESTINATION ${package_dir})
# Relative to itself, so that an installation can be moved.
file(RELATIVE_PATH pc_to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(${CMAKE_SOURCE_DIR}/cmake/assay.pc.in ${CMAKE_BINARY_DIR}/assay.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/assay.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
