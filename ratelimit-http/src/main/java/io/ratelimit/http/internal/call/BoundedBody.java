package io.ratelimit.http.internal.call;

import static java.util.Objects.requireNonNull;

import io.ratelimit.http.answer.AnswerBody;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Keeps the beginning of a body, and closes the connection if it is longer. */
public final class BoundedBody implements BodySubscriber<byte[]> {

  private static final int READ = AnswerBody.LONGEST;

  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private Flow.@Nullable Subscription subscription;
  private int read;

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    subscription = newSubscription;
    newSubscription.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    Flow.Subscription source = requireNonNull(subscription);
    for (ByteBuffer buffer : buffers) {
      read = Math.min(READ, read) + buffer.remaining();
      byte[] bytes = new byte[Math.min(buffer.remaining(), READ - kept.size())];
      buffer.get(bytes);
      kept.writeBytes(bytes);
    }
    if (read > READ) {
      source.cancel();
      onComplete();
    } else {
      source.request(1);
    }
  }

  @Override
  public void onError(Throwable failure) {
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    body.complete(kept.toByteArray());
  }
}
