/* Owns the opening of a file whose path has been resolved and found good, so that it is that file and no other.
 * Must never know: what is in it, or why it was good. */
#ifndef LIB_OPEN_RESOLVED_H
#define LIB_OPEN_RESOLVED_H

/* Opens for reading what an absolute path without links names; -1 with errno. Follows no link, not in a folder either:
 * whoever puts one there in the meantime gets nothing out of it. Cuts the path up. */
int open_resolved(char *path);

#endif
