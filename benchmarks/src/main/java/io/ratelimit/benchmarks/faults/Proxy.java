package io.ratelimit.benchmarks.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The network between the load and Redis: forwards bytes to a port of the loopback address, and can
 * disturb them.
 */
final class Proxy implements AutoCloseable {

  private static final int BACKLOG = 50;
  private static final int BUFFER = 16 * 1024;

  private final ServerSocket server;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final AtomicInteger replies = new AtomicInteger();
  private volatile int target;
  private volatile long delayMillis;
  private volatile boolean silent;
  private volatile int cutEach;

  /** Opens the proxy, without a target yet. */
  Proxy() throws IOException {
    this.server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    start("proxy", this::accept);
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  int target() {
    return target;
  }

  /** Sends new connections to another server; open ones stay. */
  void retarget(int port) {
    target = port;
  }

  /** Ends all connections. */
  void disconnect() {
    links.forEach(Link::close);
  }

  /** Delays each piece of data by this much, in both directions. */
  void delay(long millis) {
    delayMillis = millis;
  }

  /** Swallows everything on the connections that are open now; new ones work. */
  void silence() {
    links.forEach(link -> link.silent = true);
  }

  /** Sets whether new connections are accepted but swallow everything. */
  void silenceNew(boolean silence) {
    silent = silence;
  }

  /** Cuts a connection in the middle of every n-th piece of an answer; 0 for never. */
  void cutReplies(int n) {
    cutEach = n;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        open(server.accept());
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new UncheckedIOException("the proxy cannot accept connections", e);
        }
      }
    }
  }

  /** If Redis refuses the connection, closes the client's at once, as without a proxy. */
  private void open(Socket client) {
    try {
      Link link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), target));
      links.add(link);
      link.start();
    } catch (IOException refused) {
      close(client);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a connection cannot be closed", e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    disconnect();
  }

  private final class Link {
    private final Socket client;
    private final Socket redis;
    private volatile boolean silent = Proxy.this.silent;

    Link(Socket client, Socket redis) throws IOException {
      this.client = client;
      this.redis = redis;
      client.setTcpNoDelay(true);
      redis.setTcpNoDelay(true);
    }

    void start() {
      Proxy.start("proxy-requests", () -> pass(client, redis, false));
      Proxy.start("proxy-replies", () -> pass(redis, client, true));
    }

    private void pass(Socket from, Socket to, boolean reply) {
      byte[] buffer = new byte[BUFFER];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          if (delayMillis > 0) {
            Thread.sleep(delayMillis);
          }
          if (silent) {
            continue;
          }
          if (reply && cutEach > 0 && replies.incrementAndGet() % cutEach == 0) {
            out.write(buffer, 0, count / 2);
            break;
          }
          out.write(buffer, 0, count);
        }
      } catch (IOException ended) {
        // Ended by either side: both ends are closed below.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        close();
      }
    }

    void close() {
      links.remove(this);
      Proxy.close(client);
      Proxy.close(redis);
    }
  }
}
