/* WebSocket frames (RFC 6455), as much of them as a benchmark between well-behaved programs needs. */
#pragma once
#include <stdint.h>
#include <string.h>

enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10, LONGEST_HEADER = 14 };

/* Every handshake uses this key, so that its answer is a constant too. */
#define HANDSHAKE_KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define HANDSHAKE_ANSWER "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

struct frame {
    int opcode;
    char *text;    /* unmasked, in the buffer it was read from */
    size_t length; /* of the text */
    size_t size;   /* of the whole frame; 0 while the rest of it is still to come */
};

/* Writes a frame of less than 64 KB and returns its size. A client masks; a key of zeros is as good as any. */
static inline size_t write_frame(unsigned char *out, int opcode, const char *text, size_t length, int masked) {
    size_t at = 0;
    out[at++] = 0x80 | opcode;
    if (length < 126) {
        out[at++] = (masked ? 0x80 : 0) | length;
    } else {
        out[at++] = (masked ? 0x80 : 0) | 126;
        out[at++] = length >> 8;
        out[at++] = length & 255;
    }
    if (masked) {
        memset(out + at, 0, 4);
        at += 4;
    }
    memcpy(out + at, text, length);
    return at + length;
}

/* The frame at the beginning of `data`. */
static inline struct frame read_frame(char *data, size_t available) {
    unsigned char *byte = (unsigned char *)data;
    struct frame frame = {0};
    size_t header = 2;
    if (available < header) return frame;
    uint64_t length = byte[1] & 127;
    int wide = length == 126 ? 2 : length == 127 ? 8 : 0, masked = byte[1] & 0x80;
    header += wide + (masked ? 4 : 0);
    if (available < header) return frame;
    if (wide) {
        length = 0;
        for (int i = 0; i < wide; i++) length = length << 8 | byte[2 + i];
    }
    if (available - header < length) return frame;
    if (masked)
        for (uint64_t i = 0; i < length; i++) byte[header + i] ^= byte[header - 4 + (i & 3)];
    return (struct frame){byte[0] & 15, data + header, length, header + length};
}
