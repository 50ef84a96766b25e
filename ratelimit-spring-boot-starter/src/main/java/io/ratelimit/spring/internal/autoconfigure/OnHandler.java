package io.ratelimit.spring.internal.autoconfigure;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches if a bean handles audit events. */
final class OnHandler extends SpringBootCondition implements ConfigurationCondition {

  OnHandler() {}

  @Override
  public ConfigurationPhase getConfigurationPhase() {
    return ConfigurationPhase.REGISTER_BEAN;
  }

  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    ConditionMessage.Builder message = ConditionMessage.forCondition("audit event handler");
    ConfigurableListableBeanFactory beans = context.getBeanFactory();
    return beans != null && new HandlerBeans(beans).areThere()
        ? ConditionOutcome.match(message.because("a bean handles audit events"))
        : ConditionOutcome.noMatch(
            message.because("no bean is a handler or has an @AuditHandler method"));
  }
}
