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
 * Stands between clients and a server as a load balancer or a lost route does: new connections lead
 * to the server that is named last, and those that are open can fall silent and stay open.
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
          // What is said into a lost route is lost, and not said later.
          if (!mute) {
            out.write(buffer, 0, read);
          }
          read = in.read(buffer);
        }
      } catch (IOException ended) {
        // As the other direction, below.
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
      // That is what is wanted.
    }
  }

  /** Listens on a free port and leads to another one, both of the loopback address. */
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

  /** How many connections were made. */
  int accepted() {
    return accepted.get();
  }

  /** Where new connections lead to from now on; those that are open stay where they are. */
  void leadTo(int port) {
    target = port;
  }

  /** Ends the connections that are open. */
  void closeOpen() {
    pipes.forEach(Pipe::close);
  }

  /** Nothing passes any more through the connections that are open, which stay open. */
  void silenceOpen() {
    pipes.forEach(pipe -> pipe.mute = true);
  }

  /** The same, and for those that are made from now on, until {@link #speak}. */
  void silenceAll() {
    silent = true;
    silenceOpen();
  }

  /** New connections work again; the silent ones stay silent. */
  void speak() {
    silent = false;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    closeOpen();
  }
}
