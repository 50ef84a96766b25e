package io.ratelimit.temporal;

import com.google.protobuf.ByteString;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import java.util.List;

/** A fake encryption: stored data is unreadable without it. */
public final class FlippingCodec implements PayloadCodec {

  private static final String ENCODING = "encoding";
  private static final ByteString FLIPPED = ByteString.copyFromUtf8("binary/flipped");

  @Override
  public List<Payload> encode(List<Payload> payloads) {
    return payloads.stream()
        .map(
            payload ->
                Payload.newBuilder()
                    .putMetadata(ENCODING, FLIPPED)
                    .setData(flipped(payload.toByteString()))
                    .build())
        .toList();
  }

  @Override
  public List<Payload> decode(List<Payload> payloads) {
    return payloads.stream().map(FlippingCodec::decoded).toList();
  }

  private static Payload decoded(Payload payload) {
    if (!FLIPPED.equals(payload.getMetadataMap().get(ENCODING))) {
      return payload;
    }
    try {
      return Payload.parseFrom(flipped(payload.getData()));
    } catch (com.google.protobuf.InvalidProtocolBufferException broken) {
      throw new IllegalStateException(broken);
    }
  }

  private static ByteString flipped(ByteString bytes) {
    byte[] flipped = bytes.toByteArray();
    for (int i = 0; i < flipped.length; i++) {
      flipped[i] = (byte) ~flipped[i];
    }
    return ByteString.copyFrom(flipped);
  }
}
