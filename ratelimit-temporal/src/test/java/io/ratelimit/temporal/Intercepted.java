package io.ratelimit.temporal;

import io.ratelimit.core.queue.EventQueue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A queue that runs something before each call. */
final class Intercepted {

  /** Called before each call, which throws its exceptions. */
  interface Before {
    void call(String method) throws Exception;
  }

  static EventQueue queue(EventQueue real, Before before) {
    return (EventQueue)
        Proxy.newProxyInstance(
            EventQueue.class.getClassLoader(),
            new Class<?>[] {EventQueue.class},
            (proxy, method, arguments) -> {
              before.call(method.getName());
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  private Intercepted() {}
}
