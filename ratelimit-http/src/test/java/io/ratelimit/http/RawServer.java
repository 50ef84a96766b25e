package io.ratelimit.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A server that can send improper answers. */
final class RawServer implements AutoCloseable {

  /** Answers a request after its header was read. */
  interface Answerer {
    void answer(OutputStream out, Reader in) throws Exception;

    /** Answers, depending on the header. */
    default void answer(String header, OutputStream out, Reader in) throws Exception {
      answer(out, in);
    }
  }

  private final ServerSocket socket;
  private final Answerer answerer;
  private final int requestsEach;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  private RawServer(ServerSocket socket, Answerer answerer, int requestsEach) {
    this.socket = socket;
    this.answerer = answerer;
    this.requestsEach = requestsEach;
  }

  /**
   * Starts a server that answers every request, and closes the connection when the answerer
   * returns.
   */
  static RawServer start(Answerer answerer) throws IOException {
    return start(answerer, 1);
  }

  /**
   * Starts a server that answers the first request of each connection, and closes it at the second.
   */
  static RawServer hangingUpOnTheSecond(String... lines) throws IOException {
    byte[] bytes = String.join("\r\n", lines).getBytes(StandardCharsets.UTF_8);
    return start((out, in) -> out.write(bytes), 2);
  }

  private static RawServer start(Answerer answerer, int requestsEach) throws IOException {
    RawServer server =
        new RawServer(
            new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answerer, requestsEach);
    Thread thread = new Thread(server::accept, "raw-server");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  /** Starts a server that always sends this text. */
  static RawServer answering(String... lines) throws IOException {
    String text = String.join("\r\n", lines);
    return start((out, in) -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Starts a server whose answer depends on the request's header. */
  static RawServer answering(UnaryOperator<String> text) throws IOException {
    return start(
        new Answerer() {
          @Override
          public void answer(OutputStream out, Reader in) {
            throw new UnsupportedOperationException("the header is known");
          }

          @Override
          public void answer(String header, OutputStream out, Reader in) throws IOException {
            out.write(text.apply(header).getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** Returns the headers of all requests, each as one text. */
  List<String> requests() {
    return requests;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        open.add(connection);
        Thread thread = new Thread(() -> serve(connection), "raw-connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
      for (int request = 1; request <= requestsEach; request++) {
        String header = header(reader);
        if (header.isEmpty()) {
          return;
        }
        requests.add(header);
        if (request == 1) {
          answerer.answer(header, connection.getOutputStream(), reader);
        }
      }
    } catch (Exception hungUp) {
      // The client closed the connection.
    }
  }

  private static String header(BufferedReader reader) throws IOException {
    StringBuilder header = new StringBuilder();
    for (String line = reader.readLine();
        line != null && !line.isEmpty();
        line = reader.readLine()) {
      header.append(line).append('\n');
    }
    return header.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (Socket connection : open) {
      connection.close();
    }
  }
}
