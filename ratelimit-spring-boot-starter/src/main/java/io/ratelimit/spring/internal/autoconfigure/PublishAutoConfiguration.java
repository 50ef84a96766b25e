package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InterceptedEventQueue;
import io.ratelimit.core.queue.PublishInterceptor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/** The queue for publishers, if beans intercept publications. */
@AutoConfiguration(after = {QueueAutoConfiguration.class, TracingAutoConfiguration.class})
@OnEnabled
class PublishAutoConfiguration {

  /** Returns the queue; the one behind it is a bean of its own, and closed as such. */
  @Bean(destroyMethod = "")
  @Primary
  @ConditionalOnBean(PublishInterceptor.class)
  @ConditionalOnSingleCandidate(EventQueue.class)
  @ConditionalOnMissingBean(InterceptedEventQueue.class)
  InterceptedEventQueue auditInterceptedEventQueue(
      EventQueue queue, ObjectProvider<PublishInterceptor> interceptors) {
    List<PublishInterceptor> fromWithin = new ArrayList<>(interceptors.orderedStream().toList());
    Collections.reverse(fromWithin);
    InterceptedEventQueue intercepted = InterceptedEventQueue.of(queue, fromWithin.remove(0));
    for (PublishInterceptor next : fromWithin) {
      intercepted = InterceptedEventQueue.of(intercepted, next);
    }
    return intercepted;
  }
}
