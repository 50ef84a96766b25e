package io.ratelimit.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.testing.ApiListing;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiTest {

  private final ApiListing api = ApiListing.ofModuleWith(QueueMetrics.class);

  @Test
  void isWhatWasAgreed() throws Exception {
    api.requireSameAs(Path.of("api.txt"));
  }

  @Test
  void namesNothingInternal() {
    assertThat(api.linesWithInternals()).isEmpty();
  }
}
