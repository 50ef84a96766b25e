package io.ratelimit.core.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares it with a sorted map, through many random steps. */
class SequencedEntriesTest {

  private static final int STEPS = 5_000;

  private final SequencedEntries entries = new SequencedEntries();
  private final TreeMap<Long, Entry> model = new TreeMap<>();
  private final List<Entry> taken = new ArrayList<>();
  private long published;

  private void add(Entry entry) {
    entries.add(entry);
    model.put(entry.sequence, entry);
  }

  private void publish() {
    published++;
    AuditEvent event = AuditEvent.of("event-" + published, EventType.of("TYPE"), "wallet");
    add(new Entry(published, event, Instant.EPOCH, List.of()));
  }

  private void take() {
    if (!model.isEmpty()) {
      taken.add(model.pollFirstEntry().getValue());
      entries.removeFirst();
    }
  }

  private void check(SplittableRandom random) {
    assertThat(entries.size()).isEqualTo(model.size());
    assertThat(entries.first()).isSameAs(model.isEmpty() ? null : model.firstEntry().getValue());
    long after = random.nextLong(published + 1);
    int max = random.nextInt(5);
    assertThat(entries.after(after, max))
        .containsExactlyElementsOf(
            model.tailMap(after, false).values().stream().limit(max).toList());
  }

  /**
   * @param publishShare the percentage of steps that publish; the others take or bring back equally
   *     often
   */
  @ParameterizedTest
  @ValueSource(ints = {10, 30, 34, 50})
  void areInOrderWhateverComesBackAndWhen(int publishShare) {
    SplittableRandom random = new SplittableRandom(publishShare);
    for (int step = 0; step < STEPS; step++) {
      int chance = random.nextInt(100);
      if (chance < publishShare) {
        publish();
      } else if (chance % 2 == 0 && !taken.isEmpty()) {
        add(taken.remove(random.nextInt(taken.size())));
      } else {
        take();
      }
      check(random);
    }

    assertThat(entries.drain()).containsExactlyElementsOf(model.values());
    model.clear();
    taken.clear();
    check(random);
    publish();
    check(random);
  }
}
