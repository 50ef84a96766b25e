package io.ratelimit.temporal;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a lane's heartbeat carries, so that the activity's next attempt goes on from there.
 *
 * @param takeId the id of the take that may hold an event; empty: the lane holds none
 * @param eventId the event in hand, for people to read
 * @param attempts those that have ended
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record LaneProgress(
    Optional<String> takeId, Optional<String> eventId, List<AttemptRecord> attempts) {

  static final LaneProgress NONE = new LaneProgress(Optional.empty(), Optional.empty(), List.of());

  LaneProgress {
    attempts = List.copyOf(attempts);
  }

  LaneProgress taking(String id) {
    return new LaneProgress(Optional.of(id), Optional.empty(), attempts);
  }

  LaneProgress holding(String event) {
    return new LaneProgress(takeId, Optional.of(event), attempts);
  }

  LaneProgress ended(AttemptRecord attempt) {
    List<AttemptRecord> more = new ArrayList<>(attempts);
    more.add(attempt);
    return new LaneProgress(Optional.empty(), Optional.empty(), more);
  }

  LaneProgress empty() {
    return new LaneProgress(Optional.empty(), Optional.empty(), attempts);
  }
}
