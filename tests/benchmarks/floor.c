/* The floor: what a fan-out costs on this machine at the least.
 *
 * It understands just enough to be talked to by loadgen, and sends each message that it gets to every connection:
 * one frame, built once, and one send() for each. No JSON, rooms, queues or timers; what is left is the kernel's part.
 */
#define _GNU_SOURCE
#include "websocket.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 65536, LARGEST = 65536 };

static int is_open[MOST], heard_by[MOST], listeners;

static void say(int fd, const char *text) {
    unsigned char out[LARGEST];
    if (send(fd, out, write_frame(out, TEXT, text, strlen(text), 0), MSG_NOSIGNAL) < 0) perror("send");
}

static void shake_hands(int fd) {
    static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                 "Sec-WebSocket-Accept: " HANDSHAKE_ANSWER "\r\n\r\n";
    send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL);
    say(fd, "0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":3600000,\"pingTimeout\":20000,\"maxPayload\":65536}");
    is_open[fd] = 1;
}

/* From 42["send_message",{...}] to 42["receive_message",{...}], to everybody. */
static void pass_on(const char *event, size_t length) {
    static unsigned char out[LARGEST];
    static char packet[LARGEST];
    const char *payload = memchr(event, '{', length);
    if (!payload) return;
    int size = snprintf(packet, sizeof packet, "42[\"receive_message\",%.*s", (int)(event + length - payload), payload);
    size_t frame = write_frame(out, TEXT, packet, size, 0);
    for (int i = 0; i < listeners; i++)
        if (send(heard_by[i], out, frame, MSG_NOSIGNAL) < 0) perror("send");
}

static void hear(int fd, char *data, size_t length) {
    if (!is_open[fd]) return shake_hands(fd);
    /* loadgen's frames are small and arrive whole. */
    for (struct frame frame; (frame = read_frame(data, length)).size; data += frame.size, length -= frame.size) {
        if (frame.length >= 2 && !memcmp(frame.text, "40", 2)) {
            say(fd, "40{\"sid\":\"s\"}");
            heard_by[listeners++] = fd;
        } else if (frame.length >= 2 && !memcmp(frame.text, "42", 2)) {
            pass_on(frame.text, frame.length);
        }
    }
}

static void forget(int fd) {
    for (int i = 0; i < listeners; i++)
        if (heard_by[i] == fd) heard_by[i--] = heard_by[--listeners];
    is_open[fd] = 0;
    close(fd);
}

int main(int argc, char **argv) {
    static char buffer[LARGEST];
    int on = 1, door = socket(AF_INET, SOCK_STREAM, 0), events = epoll_create1(0);
    struct sockaddr_in here = {
        .sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (argc != 2 || bind(door, (struct sockaddr *)&here, sizeof here) || listen(door, 4096)) {
        fprintf(stderr, "usage: floor PORT (a free one)\n");
        return 1;
    }
    epoll_ctl(events, EPOLL_CTL_ADD, door, &(struct epoll_event){.events = EPOLLIN, .data.fd = door});
    for (;;) {
        struct epoll_event ready[512];
        int count = epoll_wait(events, ready, 512, -1);
        for (int i = 0; i < count; i++) {
            int fd = ready[i].data.fd;
            if (fd == door) {
                fd = accept4(door, NULL, NULL, SOCK_NONBLOCK);
                if (fd < 0 || fd >= MOST) continue;
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                epoll_ctl(events, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
                continue;
            }
            ssize_t length = recv(fd, buffer, sizeof buffer, 0);
            if (length > 0) hear(fd, buffer, length);
            else forget(fd);
        }
    }
}
