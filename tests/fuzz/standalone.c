/* Owns a main for fuzz targets without libFuzzer: each file named, and each file of each folder named, is one input.
 * Must never know: a target. */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

enum { PATH_SIZE = 4096 };

/* A block of just the file's size, so that a byte too far is found out. */
static size_t run_file(const char *path) {
  struct stat about;
  FILE *file = fopen(path, "rb");
  MUST(file && stat(path, &about) == 0);
  size_t size = (size_t)about.st_size;
  uint8_t *bytes = malloc(size ? size : 1);
  MUST(bytes && fread(bytes, 1, size, file) == size);
  fclose(file);
  fprintf(stderr, "%s: %zu bytes\n", path, size); /* the last line before a crash names the input */
  LLVMFuzzerTestOneInput(bytes, size);
  free(bytes);
  return 1;
}

static size_t run_folder(const char *path) {
  DIR *folder = opendir(path);
  size_t count = 0;
  MUST(folder);
  for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
    char name[PATH_SIZE];
    struct stat about;
    int len = snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
    if (len < PATH_SIZE && stat(name, &about) == 0 && S_ISREG(about.st_mode)) count += run_file(name);
  }
  closedir(folder);
  return count;
}

int main(int argc, char **argv) {
  size_t count = 0;
  for (int i = 1; i < argc; i++) {
    struct stat about;
    MUST(stat(argv[i], &about) == 0);
    count += S_ISDIR(about.st_mode) ? run_folder(argv[i]) : run_file(argv[i]);
  }
  fprintf(stderr, "%zu inputs\n", count);
  return count ? 0 : 1; /* a folder without inputs is a mistake */
}
