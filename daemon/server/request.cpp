#include "server/request.h"

#include "server/ascii.h"

namespace sluice::server {

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::remove:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
  }
  return "GET";
}

std::optional<std::string_view> find_field(std::span<const HeaderField> fields,
                                           std::string_view name) {
  for (const HeaderField& field : fields) {
    if (same_but_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::string Peer::name() const {
  if (const auto* bureau = std::get_if<record::BureauId>(&caller)) return bureau->str();
  if (const auto* node = std::get_if<record::NodeId>(&caller)) return node->str();
  return subject;
}

std::string_view Request::parameter(std::string_view name) const {
  for (const Parameter& parameter : parameters) {
    if (parameter.name == name) return parameter.value;
  }
  return {};
}

}  // namespace sluice::server
