/* What the disk holds after a power cut: of each file under ROOT the content as of its last sync, and nothing later.
 *
 * Preloaded into a process, this keeps in SHADOW/data a copy of each file as it was when fsync or fdatasync was called
 * on it, and in SHADOW/names the names of all files at the last sync of any. So a name is on the disk when a later sync
 * of any file has returned, as with the journals of ext4 and XFS, but a content only after a sync of its own file.
 * SHADOW/syncs has a line for each sync.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *names;

/* A file by what stays the same when it is renamed, and changes when another takes its inode. */
static int key_of(const char *path, char *key, size_t size) {
    struct statx found;
    if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &found) != 0) return -1;
    return snprintf(key, size, "%llu-%lld-%u", (unsigned long long)found.stx_ino, (long long)found.stx_btime.tv_sec,
                    found.stx_btime.tv_nsec) < 0;
}

static int note_name(const char *path, const struct stat *found, int kind, struct FTW *where) {
    char key[100];
    (void)found, (void)where;
    if (kind == FTW_F && key_of(path, key, sizeof key) == 0) fprintf(names, "%s %s\n", key, path + strlen(ROOT) + 1);
    return 0;
}

static void copy_file(int fd, const char *path) {
    char key[100], part[4096], whole[4096], buffer[1 << 16];
    ssize_t count;
    off_t at = 0;
    if (key_of(path, key, sizeof key) != 0) return;
    snprintf(part, sizeof part, "%s/part", SHADOW);
    snprintf(whole, sizeof whole, "%s/data/%s", SHADOW, key);
    int from = open(path, O_RDONLY | O_CLOEXEC), to = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    (void)fd;
    while ((count = pread(from, buffer, sizeof buffer, at)) > 0) {
        if (write(to, buffer, (size_t)count) != count) abort();
        at += count;
    }
    close(from);
    close(to);
    rename(part, whole);
}

static void note_sync(int fd) {
    char link[64], path[4096] = "", part[4096], whole[4096];
    struct stat found;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof path - 1) < 0 || strncmp(path, ROOT "/", strlen(ROOT) + 1) != 0) return;
    pthread_mutex_lock(&lock);
    if (fstat(fd, &found) == 0 && S_ISREG(found.st_mode)) copy_file(fd, path);
    snprintf(part, sizeof part, "%s/names.part", SHADOW);
    snprintf(whole, sizeof whole, "%s/names", SHADOW);
    names = fopen(part, "we");
    nftw(ROOT, note_name, 16, FTW_PHYS);
    fclose(names);
    rename(part, whole);
    snprintf(whole, sizeof whole, "%s/syncs", SHADOW);
    FILE *syncs = fopen(whole, "ae");
    fprintf(syncs, "%s\n", path + strlen(ROOT) + 1);
    fclose(syncs);
    pthread_mutex_unlock(&lock);
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    note_sync(fd);
    return real(fd);
}

int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    note_sync(fd);
    return real(fd);
}
