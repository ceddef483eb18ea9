#include "server/refusal.h"

#include <array>

#include <fmt/format.h>

namespace sluice::server {
namespace {

constexpr std::array<RefusalText, refusal_count> texts = {{
    {400, "bare-line-feed", "A line of the request's head ends without a carriage return."},
    {400, "bare-carriage-return", "A carriage return stands within a line of the request's head."},
    {400, "control-character", "The request's head holds a control character."},
    {400, "obsolete-folding", "A header field is folded over several lines."},
    {400, "malformed-request-line", "The request line is not METHOD SP target SP HTTP/1.1."},
    {400, "malformed-field", "A header field is not name, colon, value."},
    {400, "malformed-target", "The request's target is not a valid path and query."},
    {400, "unsafe-path", "The path holds a dot segment, an encoded slash or an encoded control."},
    {400, "target-form",
     "The request's target must be a path, or a URL of http or https; no fragment; * with "
     "OPTIONS."},
    {501, "method-unknown", "The method is not one that this server knows."},
    {505, "version-unsupported", "Only HTTP/1.1 and HTTP/1.0 are spoken here."},
    {431, "head-too-large", "The request's head is larger than 16 KiB."},
    {431, "too-many-fields", "The request has more than 100 header fields."},
    {400, "host-missing", "An HTTP/1.1 request must name its Host."},
    {400, "host-repeated", "A request must name one Host."},
    {400, "host-malformed", "The Host is not a name or address with an optional port."},
    {400, "transfer-encoding-unsupported", "Transfer-Encoding must be exactly one \"chunked\"."},
    {400, "transfer-encoding-with-length",
     "Transfer-Encoding and Content-Length must not be sent together."},
    {400, "transfer-encoding-before-1-1", "HTTP/1.0 has no Transfer-Encoding."},
    {400, "length-repeated", "Content-Length must be sent once."},
    {400, "length-malformed",
     "Content-Length must be a decimal number of bytes, without zeros in front."},
    {400, "upgrade-unsupported", "No protocol can be switched to here."},
    {417, "expectation-unsupported", "Only Expect: 100-continue is supported."},
    {400, "chunk-malformed", "The chunked body is not well-formed."},
    {400, "chunk-extension", "Chunk extensions are not accepted."},
    {400, "trailer", "Trailer fields are not accepted."},
    {413, "body-too-large",
     "The body is larger than this server takes; send fewer records a call."},
    {503, "body-memory-exhausted", "Too many bodies are being received; try again shortly."},
    {408, "head-timeout", "The request's head did not arrive in time."},
    {408, "body-timeout", "The request's body did not arrive in time."},
    {503, "too-many-connections", "Too many connections are open; try again shortly."},
    {404, "not-found", "There is nothing at this path."},
    {405, "method-not-allowed", "This path does not take this method; see Allow."},
    {415, "content-type-unsupported", "This path does not take this Content-Type."},
    {415, "content-encoding-unsupported", "Bodies must be sent without a Content-Encoding."},
    {403, "unknown-certificate",
     "The certificate is valid, but neither a bureau nor a node is registered under it."},
    {500, "handler-failed", "The request could not be served; the node's log says why."},
}};

void append_json_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < ' ') {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out.push_back(c);
    }
  }
}

}  // namespace

const RefusalText& text_of(Refusal refusal) {
  return texts.at(static_cast<std::size_t>(refusal));
}

Response problem(unsigned status, std::string_view name, std::string_view detail) {
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body =
      fmt::format(R"({{"type":"urn:sluice:problem:{}","title":"{}","status":{},"detail":")", name,
                  reason_phrase(status), status);
  append_json_text(response.body, detail);
  response.body += "\"}\n";
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

Response problem(Refusal refusal) {
  const RefusalText& text = text_of(refusal);
  return problem(text.status, text.name, text.detail);
}

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 207:
      return "Multi-Status";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Status";
  }
}

}  // namespace sluice::server
