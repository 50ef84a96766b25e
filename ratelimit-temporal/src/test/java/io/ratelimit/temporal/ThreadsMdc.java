package io.ratelimit.temporal;

import java.lang.reflect.Field;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.spi.MDCAdapter;

/** A working MDC while it is open, which threads do not inherit. */
final class ThreadsMdc implements MDCAdapter, AutoCloseable {

  private final ThreadLocal<Map<String, String>> values = ThreadLocal.withInitial(HashMap::new);
  private final Field installed;
  private final Object before;

  ThreadsMdc() throws ReflectiveOperationException {
    installed = MDC.class.getDeclaredField("MDC_ADAPTER");
    installed.setAccessible(true);
    before = installed.get(null);
    installed.set(null, this);
  }

  @Override
  public void close() throws ReflectiveOperationException {
    installed.set(null, before);
  }

  @Override
  public void put(String key, String value) {
    values.get().put(key, value);
  }

  @Override
  public @Nullable String get(String key) {
    return values.get().get(key);
  }

  @Override
  public void remove(String key) {
    values.get().remove(key);
  }

  @Override
  public void clear() {
    values.remove();
  }

  @Override
  public Map<String, String> getCopyOfContextMap() {
    return new HashMap<>(values.get());
  }

  @Override
  public void setContextMap(Map<String, String> map) {
    values.set(new HashMap<>(map));
  }

  @Override
  public void pushByKey(String key, String value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String popByKey(String key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Deque<String> getCopyOfDequeByKey(String key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void clearDequeByKey(String key) {
    throw new UnsupportedOperationException();
  }
}
