package io.ratelimit.redis;

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
 * A proxy between clients and a server, like a load balancer or a lost route: new connections lead
 * to the server that was set last, and open ones can fall silent while staying open.
 */
final class TcpProxy implements AutoCloseable {

  private final ServerSocket listening;
  private final Set<Pipe> pipes = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile int target;
  private volatile boolean silent;

  private final class Pipe {
    final Socket client;
    final Socket server;
    volatile boolean mute = silent;

    Pipe(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void copy(Socket from, Socket to) {
      byte[] buffer = new byte[1 << 16];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        int read = in.read(buffer);
        while (read >= 0) {
          // Data sent into a lost route is lost, and not sent later.
          if (!mute) {
            out.write(buffer, 0, read);
          }
          read = in.read(buffer);
        }
      } catch (IOException ended) {
        // Closed by the other direction, below.
      }
      close();
    }

    void close() {
      pipes.remove(this);
      closeQuietly(client);
      closeQuietly(server);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyClosed) {
      // Closing is what is wanted.
    }
  }

  /** Listens on a free port and forwards to another, both on the loopback address. */
  TcpProxy(int target) {
    this.target = target;
    try {
      this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run(this::accept);
  }

  private static void run(Runnable task) {
    Thread thread = new Thread(task, "tcp-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        accepted.incrementAndGet();
        try {
          Pipe pipe = new Pipe(client, new Socket(InetAddress.getLoopbackAddress(), target));
          pipes.add(pipe);
          run(() -> pipe.copy(pipe.client, pipe.server));
          run(() -> pipe.copy(pipe.server, pipe.client));
        } catch (IOException nobodyThere) {
          closeQuietly(client);
        }
      } catch (IOException closed) {
        return;
      }
    }
  }

  String uri() {
    return "redis://127.0.0.1:" + listening.getLocalPort();
  }

  /** Returns the number of accepted connections. */
  int accepted() {
    return accepted.get();
  }

  /** Leads new connections to another port; open ones stay. */
  void leadTo(int port) {
    target = port;
  }

  /** Closes the open connections. */
  void closeOpen() {
    pipes.forEach(Pipe::close);
  }

  /** Silences the open connections, which stay open. */
  void silenceOpen() {
    pipes.forEach(pipe -> pipe.mute = true);
  }

  /** Silences open and new connections, until {@link #speak}. */
  void silenceAll() {
    silent = true;
    silenceOpen();
  }

  /** Lets new connections work again; silent ones stay silent. */
  void speak() {
    silent = false;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    closeOpen();
  }
}
