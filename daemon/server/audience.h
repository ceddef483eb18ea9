// Whom a listener is for: whether they must prove who they are before they are heard, and how they
// are told of what the server itself refuses.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "server/refusal.h"
#include "server/request.h"

namespace sluice::server {

struct Audience {
  std::string listener;  // in metrics
  // With `none`, TLS may still ask for a certificate: what is presented is the request's to use
  // (Peer::presented).
  enum class Proof { certificate, none };
  Proof proof = Proof::certificate;
  // Any thread. The head's fields, as far as it was read: a language may stand there.
  std::function<Response(Refusal, std::span<const HeaderField>)> tell =
      [](Refusal refusal, std::span<const HeaderField>) { return problem(refusal); };
};

// Bureaus and nodes.
[[nodiscard]] inline Audience machines() {
  return {.listener = "api"};
}

// Of the node, on its own machine.
[[nodiscard]] inline Audience operators() {
  return {.listener = "control"};
}

}  // namespace sluice::server
