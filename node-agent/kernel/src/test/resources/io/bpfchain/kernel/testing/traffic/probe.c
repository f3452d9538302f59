// SPDX-License-Identifier: Apache-2.0
/*
 * Makes one kind of system call and prints what came back: "ok" and perhaps more, or the name of the errno. Tests start it
 * inside a cgroup to see what the programs there let through.
 *
 *   probe connect tcp|udp ADDRESS PORT        ok PEER-ADDRESS PEER-PORT; gives up after a second
 *   probe bind tcp|udp ADDRESS PORT           ok
 *   probe send udp ADDRESS PORT COUNT         ok, after COUNT datagrams
 *   probe ask ADDRESS PORT                    sends a datagram, says "ready", waits a second for the answer: ok TEXT
 *   probe wait ADDRESS PORT                   says "ready", waits a second for a datagram: ok TEXT
 *   probe exchange ADDRESS COUNT              sends itself datagrams with sendto and reads them with recvfrom: ok
 *   probe read FILE | write FILE TEXT         ok TEXT | ok
 *   probe open FILE r|w|rw                    ok
 *   probe mknod FILE c|b MAJOR MINOR          ok
 *   probe keepalive ADDRESS                   connects to itself: ok, then for the client and the server
 *                                             SO_KEEPALIVE TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT TCP_USER_TIMEOUT
 *
 * With PROBE_UID set it becomes that user, without capabilities, first.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static int failed(void)
{
	printf("%s\n", strerrorname_np(errno));
	return 0;
}

static int ok(const char *text)
{
	printf("ok%s%s\n", *text ? " " : "", text);
	return 0;
}

static socklen_t parse(const char *host, const char *port, union address *address)
{
	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, host, &address->v4.sin_addr) == 1) {
		address->v4.sin_family = AF_INET;
		address->v4.sin_port = htons(atoi(port));
		return sizeof(address->v4);
	}
	if (inet_pton(AF_INET6, host, &address->v6.sin6_addr) == 1) {
		address->v6.sin6_family = AF_INET6;
		address->v6.sin6_port = htons(atoi(port));
		return sizeof(address->v6);
	}
	fprintf(stderr, "probe: %s is no address\n", host);
	exit(2);
}

static int open_socket(const char *kind, const union address *address)
{
	int reuse = 1, fd = socket(address->any.sa_family, strcmp(kind, "tcp") ? SOCK_DGRAM : SOCK_STREAM, 0);

	if (fd < 0)
		exit(failed());
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse));
	return fd;
}

static int probe_connect(const char *kind, const char *host, const char *port)
{
	char text[INET6_ADDRSTRLEN], line[INET6_ADDRSTRLEN + 8];
	union address address;
	socklen_t length = parse(host, port, &address);
	int v4, patience = 1000, fd = open_socket(kind, &address);

	if (!strcmp(kind, "tcp"))
		setsockopt(fd, SOL_TCP, TCP_USER_TIMEOUT, &patience, sizeof(patience));
	if (connect(fd, &address.any, length))
		return failed();
	length = sizeof(address);
	if (getpeername(fd, &address.any, &length))
		return failed();
	v4 = address.any.sa_family == AF_INET;
	inet_ntop(address.any.sa_family, v4 ? (void *)&address.v4.sin_addr : (void *)&address.v6.sin6_addr, text,
		  sizeof(text));
	snprintf(line, sizeof(line), "%s %u", text, ntohs(v4 ? address.v4.sin_port : address.v6.sin6_port));
	return ok(line);
}

static int probe_bind(const char *kind, const char *host, const char *port)
{
	union address address;
	socklen_t length = parse(host, port, &address);

	return bind(open_socket(kind, &address), &address.any, length) ? failed() : ok("");
}

static int probe_send(const char *host, const char *port, int count)
{
	union address address;
	socklen_t length = parse(host, port, &address);
	int fd = open_socket("udp", &address);

	for (int i = 0; i < count; i++)
		if (sendto(fd, "probe", 5, 0, &address.any, length) < 0)
			return failed();
	return ok("");
}

/* Waits a second for a datagram and prints it. */
static int receive(int fd)
{
	struct pollfd input = {.fd = fd, .events = POLLIN};
	char text[256];
	ssize_t length;

	if (poll(&input, 1, 1000) == 0) {
		errno = ETIMEDOUT;
		return failed();
	}
	length = recvfrom(fd, text, sizeof(text) - 1, 0, NULL, NULL);
	if (length < 0)
		return failed();
	text[length] = 0;
	return ok(text);
}

static int probe_ask(const char *host, const char *port)
{
	union address address;
	socklen_t length = parse(host, port, &address);
	int fd = open_socket("udp", &address);

	if (sendto(fd, "question", 8, 0, &address.any, length) < 0)
		return failed();
	printf("ready\n");
	fflush(stdout);
	return receive(fd);
}

static int probe_wait(const char *host, const char *port)
{
	union address address;
	socklen_t length = parse(host, port, &address);
	int fd = open_socket("udp", &address);

	if (bind(fd, &address.any, length))
		return failed();
	printf("ready\n");
	fflush(stdout);
	return receive(fd);
}

static int probe_exchange(const char *host, int count)
{
	union address address;
	socklen_t length = parse(host, "0", &address);
	int receiver = open_socket("udp", &address), sender = open_socket("udp", &address);
	union address from;
	socklen_t from_length = sizeof(from);
	char text[16];

	if (bind(receiver, &address.any, length) || getsockname(receiver, &address.any, &length))
		return failed();
	for (int i = 0; i < count; i++)
		if (sendto(sender, "probe", 5, 0, &address.any, length) < 0 ||
		    recvfrom(receiver, text, sizeof(text), 0, &from.any, &from_length) < 0)
			return failed();
	return ok("");
}

static int probe_read(const char *file)
{
	char text[256];
	int fd = open(file, O_RDONLY);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (length < 0)
		return failed();
	text[length] = 0;
	text[strcspn(text, "\n")] = 0;
	return ok(text);
}

static int probe_write(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY);

	return fd < 0 || write(fd, text, strlen(text)) < 0 ? failed() : ok("");
}

static int probe_open(const char *file, const char *mode)
{
	int flags = !strcmp(mode, "r") ? O_RDONLY : !strcmp(mode, "w") ? O_WRONLY : O_RDWR;

	return open(file, flags) < 0 ? failed() : ok("");
}

static int probe_mknod(const char *file, const char *kind, int major, int minor)
{
	mode_t mode = 0600 | (*kind == 'c' ? S_IFCHR : S_IFBLK);

	return mknod(file, mode, makedev(major, minor)) ? failed() : ok("");
}

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t length = sizeof(value);

	getsockopt(fd, level, name, &value, &length);
	return value;
}

static int probe_keepalive(const char *host)
{
	union address address;
	socklen_t length = parse(host, "0", &address);
	int listener = open_socket("tcp", &address), client = open_socket("tcp", &address), ends[2];
	char line[256] = "";

	if (bind(listener, &address.any, length) || listen(listener, 1) ||
	    getsockname(listener, &address.any, &length) || connect(client, &address.any, length))
		return failed();
	ends[0] = client;
	ends[1] = accept(listener, NULL, NULL);
	for (int i = 0; i < 2; i++)
		snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s%d %d %d %d %d", i ? " " : "",
			 option(ends[i], SOL_SOCKET, SO_KEEPALIVE), option(ends[i], SOL_TCP, TCP_KEEPIDLE),
			 option(ends[i], SOL_TCP, TCP_KEEPINTVL), option(ends[i], SOL_TCP, TCP_KEEPCNT),
			 option(ends[i], SOL_TCP, TCP_USER_TIMEOUT));
	return ok(line);
}

static int is(int argc, char **argv, const char *name, int count)
{
	return argc == count && !strcmp(argv[1], name);
}

int main(int argc, char **argv)
{
	const char *uid = getenv("PROBE_UID");

	if (uid && (setgroups(0, NULL) || setgid(atoi(uid)) || setuid(atoi(uid))))
		return perror("probe: setuid"), 2;
	if (is(argc, argv, "connect", 5))
		return probe_connect(argv[2], argv[3], argv[4]);
	if (is(argc, argv, "bind", 5))
		return probe_bind(argv[2], argv[3], argv[4]);
	if (is(argc, argv, "send", 6))
		return probe_send(argv[3], argv[4], atoi(argv[5]));
	if (is(argc, argv, "ask", 4))
		return probe_ask(argv[2], argv[3]);
	if (is(argc, argv, "wait", 4))
		return probe_wait(argv[2], argv[3]);
	if (is(argc, argv, "exchange", 4))
		return probe_exchange(argv[2], atoi(argv[3]));
	if (is(argc, argv, "read", 3))
		return probe_read(argv[2]);
	if (is(argc, argv, "write", 4))
		return probe_write(argv[2], argv[3]);
	if (is(argc, argv, "open", 4))
		return probe_open(argv[2], argv[3]);
	if (is(argc, argv, "mknod", 6))
		return probe_mknod(argv[2], argv[3], atoi(argv[4]), atoi(argv[5]));
	if (is(argc, argv, "keepalive", 3))
		return probe_keepalive(argv[2]);
	fprintf(stderr, "probe: no such probe\n");
	return 2;
}
