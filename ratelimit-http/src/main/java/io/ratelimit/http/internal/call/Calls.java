package io.ratelimit.http.internal.call;

import io.ratelimit.http.answer.AttemptFailedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Makes calls that end: at their timeout, or when the calling thread is interrupted. */
public final class Calls {

  private final HttpClient client;
  private final Duration connectTimeout;
  private final Duration requestTimeout;

  public Calls(Duration connectTimeout, Duration requestTimeout) {
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(connectTimeout)
            // A redirect would take the token to another host.
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    this.connectTimeout = connectTimeout;
    this.requestTimeout = requestTimeout;
  }

  /**
   * Sends a request, once, and waits for the whole answer.
   *
   * @param call describes the request
   * @throws AttemptFailedException if there is no answer
   */
  public HttpResponse<byte[]> make(HttpRequest request, String call)
      throws AttemptFailedException, InterruptedException {
    // Up to Java 25, the timeout of a request covers only the answer's header.
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, response -> new BoundedBody());
    try {
      return answer.get(requestTimeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new AttemptFailedException(
          call + " was not answered in full within " + requestTimeout, late);
    } catch (ExecutionException failure) {
      throw failed(request, call, failure.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  private AttemptFailedException failed(
      HttpRequest request, String call, @Nullable Throwable cause) {
    if (cause instanceof HttpConnectTimeoutException) {
      return new AttemptFailedException(call + ": no connection within " + connectTimeout, cause);
    }
    if (cause instanceof ConnectException) {
      return new AttemptFailedException(
          call + ": cannot connect to " + request.uri().getAuthority(), cause);
    }
    if (cause instanceof HttpTimeoutException) {
      return new AttemptFailedException(call + ": no answer within " + requestTimeout, cause);
    }
    if (cause instanceof IOException) {
      return new AttemptFailedException(
          call + ": " + cause.getClass().getSimpleName() + ", " + cause.getMessage(), cause);
    }
    // The JDK's client also throws other exceptions, for example if a length is not a number.
    return new AttemptFailedException(
        call + " could not be made, or its answer could not be read: " + cause, cause);
  }
}
