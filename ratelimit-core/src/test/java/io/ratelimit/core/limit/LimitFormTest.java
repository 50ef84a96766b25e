package io.ratelimit.core.limit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.NamedLimitSettings.LimitOverride;
import io.ratelimit.core.limit.NamedLimitSettings.NamedDemand;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The text form of limits: invalid texts, and texts of earlier versions. */
class LimitFormTest {

  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  /** Texts of version 1, by name. Never change them: later versions must read them. */
  private static Map<String, String> written() {
    try (InputStream file = LimitFormTest.class.getResourceAsStream("limit-forms-1.txt")) {
      return new String(requireNonNull(file).readAllBytes(), UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", 2))
          .collect(Collectors.toMap(line -> line[0], line -> line[1]));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String written(String name) {
    return requireNonNull(written().get(name), name);
  }

  private static Instant next(LimitState state, Instant now) {
    return ((Decision.NotBefore) state.decide(now, 1)).at();
  }

  /** Returns a state with 20 starts, 10 ms apart, and then half the limit. */
  private static LimitState lowered() {
    LimitState state =
        LimitState.unused(LimitSettings.of(RateLimit.of(20).perMinute().withBurst(20)));
    for (int i = 0; i < 20; i++) {
      state = ((Decision.Granted) state.decide(BEGIN.plusMillis(10L * i), 1)).next();
    }
    return state.withSettings(state.settings().withNormal(RateLimit.of(10).perMinute()));
  }

  @Test
  void aLoweredLimitStillCountsWhatWasStarted() {
    LimitState kept = LimitState.parse(lowered().toText());

    assertThat(next(kept, BEGIN.plusSeconds(1)))
        .as("when the 11th start leaves the window, and not at the next beat of the pace")
        .isEqualTo(BEGIN.plusMillis(60_100));
    assertThat(kept.startsInWindow(BEGIN.plusSeconds(1))).isEqualTo(20);
  }

  @Test
  void whatVersion1WroteIsRead() {
    LimitState lowered = LimitState.parse(written("lowered"));
    assertThat(next(lowered, BEGIN.plusSeconds(1))).isEqualTo(BEGIN.plusMillis(60_100));

    LimitState all = LimitState.parse(written("everything"));
    LimitSettings settings = all.settings();
    assertThat(settings.normal()).isEqualTo(RateLimit.parse("100/30s burst 5 margin 1s"));
    assertThat(settings.ceiling()).contains(RateLimit.of(200).per(settings.normal().period()));
    assertThat(settings.demands())
        .containsExactly(
            new Demand("an owner, \\ é 漢", RateLimit.of(150).perMinute(), BEGIN.plusSeconds(90)));
    assertThat(settings.pause()).contains(Pause.until(BEGIN.plusNanos(5_000_000_001L)));
    assertThat(settings.version()).isEqualTo(3);
    assertThat(all.assumedStarts(BEGIN.plusSeconds(1))).isPresent();
    assertThat(all.largestWindows().unknownUntil()).contains(BEGIN);
    assertThat(all.latestStart()).contains(BEGIN.plusSeconds(20));

    KeyState key = KeyState.parse(written("key"));
    assertThat(key.held(BEGIN.plusSeconds(7))).containsExactly(3L, 3L);
    assertThat(key.earliest(BEGIN.plusSeconds(7), 1)).isEqualTo(BEGIN.plusSeconds(10));

    NamedLimitSettings named = NamedLimitSettings.parse(written("named"));
    assertThat(named).isEqualTo(named());
  }

  private static NamedLimitSettings named() {
    RateLimit window = RateLimit.of(3).per(Duration.ofSeconds(10)).withBurst(3);
    KeyPattern keys = new KeyPattern("account, é", "a*\\*");
    return NamedLimitSettings.of(
            NamedLimit.of("account, é", window, RateLimit.of(9).perMinute())
                .withMaxInFlight(2)
                .withCeiling(window.withPermits(30)))
        .withOverride(new LimitOverride(keys, List.of(window.withPermits(2))))
        .withDemand(
            new NamedDemand(keys, "o", List.of(window.withPermits(6)), BEGIN.plusSeconds(5)),
            BEGIN);
  }

  @Test
  void anotherVersionIsRefusedWithWhatToDo() {
    String text = lowered().toText().replace("limit-state/1", "limit-state/2");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> LimitState.parse(text))
        .withMessage(
            "this version of the library reads a stored limit-state of versions up to 1 but this is"
                + " of version \"2\": use the version of the library that wrote it, or a newer one");
  }

  @Test
  void anotherKindOfTextIsRefused() {
    List<String> others = new ArrayList<>(List.of("", "limit-state", "limit-state/1", "20/min"));
    others.add(KeyState.unused().toText());
    for (String other : others) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LimitState.parse(other))
          .withMessageStartingWith("a stored limit-state begins with limit-state/ but this is \"");
    }
  }

  @Test
  void whateverIsDamagedIsRefused() {
    String text = lowered().toText();
    for (int i = 0; i < text.length(); i++) {
      String cut = text.substring(0, i);
      String without = cut + text.substring(i + 1);
      String changed = cut + (text.charAt(i) == '7' ? '8' : '7') + text.substring(i + 1);
      for (String damaged : List.of(cut, without, changed)) {
        assertThatIllegalArgumentException()
            .as(damaged)
            .isThrownBy(() -> LimitState.parse(damaged));
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LimitState.parse(text.replace("/1,a,", "/1,b,")))
        .withMessageMatching(
            "this stored limit-state is damaged, its checksum should be \\w+: \"limit-state/1,b,.*\";"
                + " it was cut or changed");
  }
}
