/* Loads a Socket.IO server (Engine.IO 4, WebSocket only) with messages, and prints what that took as one line of JSON.
 *
 * Every connection takes a seat: a line of the seats file with the room that it is in, a tab, and its CONNECT payload.
 * A message is sent into the sender's room as the event `send_message`, and is done when everybody in the room got
 * their `receive_message` with its text, and its ack came if one was asked for. A text begins with ~NUMBER~. The CPU time of
 * the server is read at both ends of the measured time: unlike the clock, it does not mind what else the machine does.
 */
#define _GNU_SOURCE
#include "websocket.h"
#include "processes.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

enum { LARGEST = 1 << 16, MOST_PIDS = 4, MOST_OPENING = 32, MOST_IN_FLIGHT = 1 << 16, READ = 1 << 18 };
enum stage { AWAY, SHAKING, OPENING, CONNECTING, SEATED };

struct client {
    int fd, room;
    enum stage stage;
    char *payload; /* of its CONNECT */
    char *rest;    /* what came of a frame that is not whole yet */
    size_t rest_length;
};
struct sent {
    uint64_t at; /* ns: when it was, or should have been, sent */
    int missing; /* deliveries and ack still to come */
};
struct times {
    uint32_t *us;
    size_t count, size;
};

static struct { /* the options */
    int port, ack, window, senders, length, pids[MOST_PIDS], pid_count;
    double rate, warmup, seconds;
    const char *idle;
} want = {.window = 1, .length = 64, .warmup = 1, .seconds = 4};

static struct client *clients;
static int client_count, opening, seated, lost, *members_of_room, events;
static struct sent sent[MOST_IN_FLIGHT]; /* by number, modulo its size */
static uint64_t last_number;
static int in_flight, measuring;
static unsigned run; /* in every client_id: a server takes one that it knows from an earlier run for a repetition */
static uint64_t messages, done, deliveries, acks, bytes; /* in the measured time */
static uint64_t heard, refused, surplus;                 /* ever: all deliveries, acks with an error, what nobody asked for */
static struct times delivered_after, done_after, acked_after;

static void fail(const char *what) {
    fprintf(stderr, "loadgen: %s\n", what);
    exit(1);
}

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static void note(struct times *times, uint64_t since, uint64_t now) {
    if (times->count == times->size) {
        times->size = times->size ? 2 * times->size : 1 << 16;
        times->us = realloc(times->us, times->size * sizeof *times->us);
    }
    times->us[times->count++] = (now - since) / 1000;
}

static int ascending(const void *a, const void *b) { return (*(uint32_t *)a > *(uint32_t *)b) - (*(uint32_t *)a < *(uint32_t *)b); }

static void leave(struct client *client) {
    if (client->stage == SEATED) seated--;
    else opening--;
    lost++;
    client->stage = AWAY;
    close(client->fd);
}

/* ---- what a client says ---- */

static void put(struct client *client, const void *data, size_t length) {
    for (const char *next = data; length;) {
        ssize_t taken = send(client->fd, next, length, MSG_NOSIGNAL);
        if (taken < 0 && errno == EAGAIN && poll(&(struct pollfd){client->fd, POLLOUT, 0}, 1, 5000) == 1) continue;
        if (taken < 0) return leave(client);
        next += taken;
        length -= taken;
    }
}

static void say(struct client *client, int opcode, const char *text, size_t length) {
    unsigned char out[LARGEST + LONGEST_HEADER];
    put(client, out, write_frame(out, opcode, text, length, 1));
}

static void open_seat(struct client *client) {
    int on = 1;
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(want.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    client->stage = SHAKING;
    opening++;
    if (connect(client->fd, (struct sockaddr *)&server, sizeof server)) return leave(client);
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(client->fd, F_SETFL, O_NONBLOCK);
    epoll_ctl(events, EPOLL_CTL_ADD, client->fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = client});
    char request[512];
    int length = sprintf(request,
                         "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
                         "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " HANDSHAKE_KEY "\r\n\r\n",
                         want.port);
    put(client, request, length);
}

static void send_message(uint64_t due) {
    static uint64_t turn;
    struct client *client = &clients[turn++ % want.senders * client_count / want.senders];
    if (client->stage != SEATED) return;
    uint64_t number = ++last_number;
    char text[4096], packet[LARGEST];
    int length = sprintf(text, "~%llu~", (unsigned long long)number);
    for (; length < want.length; length++) text[length] = "the quick brown fox "[length % 20];
    text[length] = 0;
    length = want.ack ? sprintf(packet, "42%llu", (unsigned long long)number) : sprintf(packet, "42");
    length += sprintf(packet + length, "[\"send_message\",{\"room_id\":%d,\"message\":\"%s\",\"client_id\":\"%x-%llu\"}]",
                      client->room, text, run, (unsigned long long)number);
    sent[number % MOST_IN_FLIGHT] = (struct sent){due, members_of_room[client->room] + want.ack};
    in_flight++;
    if (measuring) messages++;
    say(client, TEXT, packet, length);
}

/* ---- what it hears ---- */

static void one_less(uint64_t number, uint64_t now) {
    struct sent *message = &sent[number % MOST_IN_FLIGHT];
    if (!number || number > last_number || message->missing == 0) {
        surplus++;
        return;
    }
    if (--message->missing) return;
    in_flight--;
    if (!measuring) return;
    done++;
    note(&done_after, message->at, now);
}

static void hear_event(const char *text, size_t length) {
    static const char name[] = "[\"receive_message\"";
    if (length < sizeof name || memcmp(text, name, sizeof name - 1)) return;
    const char *mark = memchr(text, '~', length);
    if (!mark) return;
    uint64_t number = strtoull(mark + 1, NULL, 10), now = now_ns();
    heard++;
    if (measuring) {
        deliveries++;
        bytes += length;
        note(&delivered_after, sent[number % MOST_IN_FLIGHT].at, now);
    }
    one_less(number, now);
}

static void hear_ack(const char *text) {
    char *body;
    uint64_t number = strtoull(text, &body, 10), now = now_ns();
    if (!strncmp(body, "[{\"error\"", 9)) {
        if (!refused++) fprintf(stderr, "loadgen: a message was refused: %.200s\n", body);
    }
    if (measuring) {
        acks++;
        note(&acked_after, sent[number % MOST_IN_FLIGHT].at, now);
    }
    one_less(number, now);
}

static void hear_packet(struct client *client, char *text, size_t length) {
    if (length && text[0] == '2') return say(client, TEXT, "3", 1);
    if (length && text[0] == '0' && client->stage == OPENING) {
        char connect[LARGEST];
        client->stage = CONNECTING;
        return say(client, TEXT, connect, snprintf(connect, sizeof connect, "40%s", client->payload));
    }
    if (length < 2 || text[0] != '4') return;
    if (text[1] == '2') return hear_event(text + 2, length - 2);
    if (text[1] == '3') return hear_ack(text + 2);
    if (text[1] == '0' && client->stage == CONNECTING) {
        client->stage = SEATED;
        opening--;
        seated++;
    } else if (text[1] == '4') {
        fprintf(stderr, "loadgen: not let in: %.*s\n", (int)length, text);
        leave(client);
    }
}

/* Takes what is whole, and returns how much that was. */
static size_t hear(struct client *client, char *data, size_t length) {
    size_t at = 0;
    if (client->stage == SHAKING) {
        char *end = memmem(data, length, "\r\n\r\n", 4);
        if (!end) return 0;
        if (length < 12 || memcmp(data, "HTTP/1.1 101", 12)) {
            fprintf(stderr, "loadgen: no WebSocket: %.*s\n", (int)(length < 300 ? length : 300), data);
            leave(client);
            return length;
        }
        at = end + 4 - data;
        client->stage = OPENING;
    }
    for (struct frame frame; client->stage != AWAY && (frame = read_frame(data + at, length - at)).size; at += frame.size) {
        char *end = frame.text + frame.length, kept = *end;
        *end = 0; /* so that numbers end there; `data` has one more byte than its length */
        if (frame.opcode == TEXT) hear_packet(client, frame.text, frame.length);
        else if (frame.opcode == PING) say(client, PONG, frame.text, frame.length);
        else if (frame.opcode == CLOSE) leave(client);
        *end = kept;
    }
    return at;
}

static void read_from(struct client *client) {
    static char buffer[READ + 1];
    if (client->stage == AWAY) return;
    if (client->rest_length) memcpy(buffer, client->rest, client->rest_length);
    ssize_t came = recv(client->fd, buffer + client->rest_length, READ - client->rest_length, 0);
    if (came < 0 && errno == EAGAIN) return;
    if (came <= 0) return leave(client);
    size_t length = client->rest_length + came, taken = hear(client, buffer, length);
    client->rest_length = length - taken;
    if (!client->rest_length) return;
    client->rest = realloc(client->rest, client->rest_length);
    memcpy(client->rest, buffer + taken, client->rest_length);
}

static void listen_for(int ms) {
    struct epoll_event ready[512];
    int count = epoll_wait(events, ready, 512, ms);
    for (int i = 0; i < count; i++) read_from(ready[i].data.ptr);
}

/* ---- the course of a measurement ---- */

static void rest(double seconds) {
    for (uint64_t end = now_ns() + seconds * 1e9; now_ns() < end;) listen_for(10);
}

static void fill_seats(int count) {
    static int next;
    uint64_t end = now_ns() + 120 * 1000000000ull;
    while (seated + lost < count && now_ns() < end) {
        while (next < count && opening < MOST_OPENING) open_seat(&clients[next++]);
        listen_for(100);
    }
    if (seated < count) fprintf(stderr, "loadgen: only %d of %d connected\n", seated, count);
    if (seated < count) exit(1);
    rest(.5);
}

/* Keeps as many messages in flight as wanted, or sends at the wanted rate, however late the server may be. */
static void offer(double seconds) {
    uint64_t begin = now_ns(), end = begin + seconds * 1e9, count = 0;
    for (uint64_t now = begin, due = begin; now < end || (want.rate && due < end); now = now_ns()) {
        if (!want.rate)
            for (int i = in_flight; i < want.window; i++) send_message(now);
        else
            for (; due <= now && due < end && in_flight < MOST_IN_FLIGHT; due = begin + ++count * 1e9 / want.rate) send_message(due);
        listen_for(!want.rate ? 10 : due > now + 1500000 ? 1 : 0);
        if (lost) fail("a connection was lost");
        if (in_flight >= MOST_IN_FLIGHT) fail("too many messages are in flight");
    }
}

static void read_usage(struct usage *usages) {
    memset(usages, 0, MOST_PIDS * sizeof *usages);
    for (int i = 0; i < want.pid_count; i++) add_usage(want.pids[i], &usages[i]);
}

static double own_cpu(void) {
    struct rusage own;
    getrusage(RUSAGE_SELF, &own);
    return own.ru_utime.tv_sec + own.ru_stime.tv_sec + (own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6;
}

static void print_times(const char *name, struct times *times) {
    qsort(times->us, times->count, sizeof *times->us, ascending);
    if (times->count)
        printf(", \"%s_ms\": {\"p50\": %.3f, \"p99\": %.3f}", name, times->us[times->count / 2] / 1e3,
               times->us[times->count * 99 / 100] / 1e3);
}

static void measure_load(void) {
    struct usage before[MOST_PIDS], after[MOST_PIDS];
    fill_seats(client_count);
    offer(want.warmup);
    read_usage(before);
    double own = own_cpu();
    uint64_t begin = now_ns();
    measuring = 1;
    offer(want.seconds);
    measuring = 0;
    double seconds = (now_ns() - begin) / 1e9;
    own = own_cpu() - own;
    read_usage(after);
    for (int i = 0; i < 40 && in_flight; i++) rest(.05); /* whatever is still on its way */

    printf("{\"connections\": %d, \"seconds\": %.3f, \"messages\": %llu, \"done\": %llu, \"deliveries\": %llu, \"acks\": %llu",
           seated, seconds, (unsigned long long)messages, (unsigned long long)done, (unsigned long long)deliveries,
           (unsigned long long)acks);
    printf(", \"heard\": %llu, \"refused\": %llu, \"surplus\": %llu, \"unfinished\": %d, \"bytes\": %llu, \"own_cpu_s\": %.3f",
           (unsigned long long)heard, (unsigned long long)refused, (unsigned long long)surplus, in_flight, (unsigned long long)bytes, own);
    print_times("delivery", &delivered_after);
    print_times("done", &done_after);
    print_times("ack", &acked_after);
    for (int i = 0; i < want.pid_count; i++)
        printf("%s%.3f", i ? ", " : ", \"cpu_s\": [", after[i].cpu_s - before[i].cpu_s);
    for (int i = 0; i < want.pid_count; i++) printf("%s%ld", i ? ", " : "], \"rss_kib\": [", after[i].rss_kib);
    printf("%s}\n", want.pid_count ? "]" : "");
}

static void measure_idle(void) {
    struct usage usage[MOST_PIDS];
    read_usage(usage);
    printf("{\"rss_kib\": {\"0\": %ld", usage[0].rss_kib);
    for (const char *count = want.idle; count; count = strchr(count, ',') ? strchr(count, ',') + 1 : NULL) {
        fill_seats(atoi(count));
        rest(1.5);
        read_usage(usage);
        printf(", \"%d\": %ld", seated, usage[0].rss_kib);
    }
    printf("}}\n");
}

static void read_seats(const char *path) {
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    int highest = 0;
    if (!file) fail("the seats file cannot be read");
    while (getline(&line, &size, file) > 0) {
        char *payload;
        int room = strtol(line, &payload, 10);
        payload[strcspn(payload, "\n")] = 0;
        clients = realloc(clients, (client_count + 1) * sizeof *clients);
        clients[client_count++] = (struct client){.room = room, .payload = strdup(payload + 1)};
        if (room > highest) highest = room;
    }
    members_of_room = calloc(highest + 1, sizeof *members_of_room);
    for (int i = 0; i < client_count; i++) members_of_room[clients[i].room]++;
    if (!client_count) fail("nobody has a seat");
    fclose(file);
}

int main(int argc, char **argv) {
    static const struct option options[] = {
        {"port", 1, 0, 'p'}, {"seats", 1, 0, 's'}, {"pid", 1, 0, 'P'}, {"ack", 0, 0, 'a'}, {"window", 1, 0, 'w'},
        {"rate", 1, 0, 'r'}, {"senders", 1, 0, 'n'}, {"length", 1, 0, 'l'}, {"warmup", 1, 0, 'W'}, {"seconds", 1, 0, 'd'},
        {"idle", 1, 0, 'i'}, {0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) switch (option) {
        case 'p': want.port = atoi(optarg); break;
        case 's': read_seats(optarg); break;
        case 'P': if (want.pid_count < MOST_PIDS) want.pids[want.pid_count++] = atoi(optarg); break;
        case 'a': want.ack = 1; break;
        case 'w': want.window = atoi(optarg); break;
        case 'r': want.rate = atof(optarg); break;
        case 'n': want.senders = atoi(optarg); break;
        case 'l': want.length = atoi(optarg) < 4000 ? atoi(optarg) : 4000; break;
        case 'W': want.warmup = atof(optarg); break;
        case 'd': want.seconds = atof(optarg); break;
        case 'i': want.idle = optarg; break;
        default: fail("usage: loadgen --port N --seats FILE [--pid N]... [--window N | --rate PER_SECOND] [--senders N] [--ack]"
                      " [--length CHARACTERS] [--warmup S] [--seconds S] | [--idle 100,2000]");
    }
    if (!client_count || !want.port) fail("--port and --seats are needed");
    if (!want.senders || want.senders > client_count) want.senders = client_count;
    events = epoll_create1(0);
    run = now_ns() >> 20;
    if (want.idle) measure_idle();
    else measure_load();
    return 0;
}
