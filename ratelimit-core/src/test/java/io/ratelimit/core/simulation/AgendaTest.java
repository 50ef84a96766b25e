package io.ratelimit.core.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AgendaTest {

  private record Entry(long time, int number) {}

  @Test
  void entriesComeByTimeAndAtTheSameTimeInTheOrderOfEntry() {
    SplittableRandom random = new SplittableRandom(1);
    Agenda<Entry> agenda = new Agenda<>();
    List<Entry> entered = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Entry entry = new Entry(random.nextInt(50), i);
      entered.add(entry);
      agenda.add(entry.time(), entry);
    }
    List<Entry> left = new ArrayList<>();
    while (!agenda.isEmpty()) {
      assertThat(agenda.nextTime()).isGreaterThanOrEqualTo(0);
      left.add(agenda.remove());
    }

    entered.sort(Comparator.comparingLong(Entry::time).thenComparingInt(Entry::number));
    assertThat(left).isEqualTo(entered);
  }

  @Test
  void anEntryCostsTheLogarithmOfHowManyThereAre() {
    Agenda<Integer> agenda = new Agenda<>();
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 1_024; i++) {
      agenda.add(random.nextInt(1_000_000), i);
    }
    long before = agenda.comparisons();
    long now = 0;
    for (int i = 0; i < 10_000; i++) {
      now = agenda.nextTime();
      agenda.add(now + random.nextInt(1_000_000), agenda.remove());
    }

    // Two comparisons per level down, and some up.
    assertThat(agenda.comparisons() - before).isLessThan(10_000L * (2 * 10 + 4));
  }
}
