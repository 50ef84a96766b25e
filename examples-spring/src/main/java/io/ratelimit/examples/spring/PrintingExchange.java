package io.ratelimit.examples.spring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.springframework.stereotype.Component;

/** Stands for the client of a real exchange. */
@Component
final class PrintingExchange implements Exchange {

  @Override
  public void audit(String walletId) {
    System.out.println("auditing " + walletId);
  }

  @Override
  public CompletionStage<Void> addMargin(String walletId) {
    return CompletableFuture.runAsync(() -> System.out.println("adding margin to " + walletId));
  }
}
