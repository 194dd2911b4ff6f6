/* What a process and its descendants used so far, from Linux's /proc. */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct usage {
    double cpu_s; /* user + system */
    long rss_kib;
};

static int read_text(const char *path, char *out, size_t size) {
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    size_t length = fread(out, 1, size - 1, file);
    out[length] = 0;
    fclose(file);
    return length > 0;
}

static void add_usage(int pid, struct usage *sum) {
    char path[64], text[8192];
    unsigned long user, system;
    long pages;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    if (!read_text(path, text, sizeof text)) return;
    /* The name stands in brackets and may hold anything; the times and the pages are the 14th, 15th and 24th field. */
    char *fields = strrchr(text, ')');
    if (fields && sscanf(fields + 2, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lu %lu %*s %*s %*s %*s %*s %*s %*s %*s %ld",
                         &user, &system, &pages) == 3) {
        sum->cpu_s += (double)(user + system) / sysconf(_SC_CLK_TCK);
        sum->rss_kib += pages * (sysconf(_SC_PAGESIZE) / 1024);
    }
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
    if (!read_text(path, text, sizeof text)) return;
    char *next = text;
    for (int child; (child = strtol(next, &next, 10));) add_usage(child, sum);
}
