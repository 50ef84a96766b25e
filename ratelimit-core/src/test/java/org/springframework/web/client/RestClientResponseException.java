package org.springframework.web.client;

import java.util.Map;

/** Says what Spring's exception of this name says, to those who ask it by name. */
public class RestClientResponseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient Map<String, String> headers;

  public RestClientResponseException(int status, Map<String, String> headers) {
    super(status + " of a server");
    this.status = status;
    this.headers = headers;
  }

  /** As {@code HttpStatusCode}. */
  public record Status(int value) {}

  /** As {@code HttpHeaders}. */
  public record Headers(Map<String, String> all) {
    public String getFirst(String name) {
      return all.get(name);
    }
  }

  public Status getStatusCode() {
    return new Status(status);
  }

  public Headers getResponseHeaders() {
    return new Headers(headers);
  }
}
