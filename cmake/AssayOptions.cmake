# Owns the compiler's flags: one set of warnings for all our code, sanitizers by option.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

set(ASSAY_SANITIZE "" CACHE STRING "Sanitizers, comma-separated: address,undefined or thread")
option(ASSAY_SWITCH_DISPATCH "Dispatch bytecode by a switch instead of computed goto" OFF)
option(ASSAY_FUZZ "Build the libFuzzer targets (clang)" OFF)
option(ASSAY_BENCH "Build the benchmark that tools/bench runs" OFF)

find_program(ASSAY_CCACHE ccache)
if(ASSAY_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${ASSAY_CCACHE})
endif()

add_library(assay_flags INTERFACE)
target_compile_options(assay_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror)
# Generated code alone is spared the conversion warnings.
add_library(assay_strict INTERFACE)
target_link_libraries(assay_strict INTERFACE assay_flags)
target_compile_options(assay_strict INTERFACE -Wconversion)

if(ASSAY_SANITIZE)
  add_compile_options(-fsanitize=${ASSAY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ASSAY_SANITIZE})
endif()
if(ASSAY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(ASSAY_SWITCH_DISPATCH)
  add_compile_definitions(ASSAY_SWITCH_DISPATCH=1)
endif()
