// What a handler is given and what it gives back.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trust/caller.h"
#include "trust/peer_certificate.h"

namespace sluice::server {

enum class Method { get, head, post, put, patch, remove, options };
[[nodiscard]] std::string_view to_string(Method method);

// A header field as it was sent; its value without the white space around it.
struct HeaderField {
  std::string_view name;
  std::string_view value;
};

// The first field of that name in any case; nothing if there is none.
[[nodiscard]] std::optional<std::string_view> find_field(std::span<const HeaderField> fields,
                                                         std::string_view name);

// Who is at the other end.
struct Peer {
  // On the API: whose certificate it is. On the control socket: an operator.
  trust::Caller caller;
  // On the API: the certificate's subject, RFC 2253. On the control socket: "uid=0".
  std::string subject;
  std::string address;  // "127.0.0.1:51234"; empty on the control socket
  // Of a visitor, where the listener asks for one: of this very connection, sessions of TLS are not
  // resumed.
  trust::PresentedCertificate presented{};

  // The bureau's or the node's id; else the subject.
  [[nodiscard]] std::string name() const;
};

// All views are of the connection's memory: good until the handler's coroutine has ended.
struct Request {
  Method method = Method::get;
  std::string_view path;   // percent-decoded; begins with '/', holds no dot segments
  std::string_view query;  // as sent, without '?'
  std::span<const HeaderField> headers;
  std::string_view body;  // whole
  const Peer& peer;

  struct Parameter {
    std::string_view name;
    std::string_view value;
  };
  std::array<Parameter, 4> parameters{};

  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const {
    return find_field(headers, name);
  }
  // What stood for {name} in the route's path; empty if the route has no such parameter.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

struct Response {
  unsigned status = 200;
  std::string content_type;  // empty: no body
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // beside those of the framing
};

}  // namespace sluice::server
