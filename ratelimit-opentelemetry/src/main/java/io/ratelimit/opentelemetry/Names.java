package io.ratelimit.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;

/** Attributes of spans: OpenTelemetry's conventions for messaging, and our own. */
final class Names {

  static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
  static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.name");
  static final AttributeKey<String> OPERATION_TYPE =
      AttributeKey.stringKey("messaging.operation.type");
  static final AttributeKey<Long> BATCH_SIZE =
      AttributeKey.longKey("messaging.batch.message_count");
  static final AttributeKey<String> MESSAGE_ID = AttributeKey.stringKey("messaging.message.id");
  static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
  static final AttributeKey<String> EVENT_TYPE = AttributeKey.stringKey("ratelimit.event.type");
  static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("ratelimit.attempt");

  static final String RATELIMIT = "ratelimit";

  private Names() {}
}
