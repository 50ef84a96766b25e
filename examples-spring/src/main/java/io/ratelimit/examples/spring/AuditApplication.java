package io.ratelimit.examples.spring;

import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * Publishes a round of audits every three minutes, and handles them under the limit of the
 * exchange: {@code application.yaml} sets it.
 *
 * <p>Without Redis: {@code --ratelimit.queue.store=memory}.
 */
@SpringBootApplication
@EnableScheduling
public class AuditApplication {

  /** Names the rounds. */
  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  /** Serves until Ctrl-C. */
  public static void main(String[] args) {
    SpringApplication.run(AuditApplication.class, args);
  }
}
