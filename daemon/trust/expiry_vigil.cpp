#include "trust/expiry_vigil.h"

#include <utility>

namespace sluice::trust {

ExpiryVigil::Word ExpiryVigil::look(const record::CertificateFacts& certificate, record::Time now) {
  const bool holds = certificate.holds(now);
  const bool held = std::exchange(held_, holds);
  if (std::exchange(serial_, certificate.serial) != certificate.serial || held != holds) {
    said_.reset();
  }
  if (!holds) return may_speak(now) ? Word::does_not_hold : Word::nothing;
  if (!held) return Word::holds_again;
  if (certificate.not_after - now > soon) return Word::nothing;
  return may_speak(now) ? Word::ends_soon : Word::nothing;
}

bool ExpiryVigil::may_speak(record::Time now) {
  if (said_ && *said_ <= now && now - *said_ < between_words) return false;
  said_ = now;
  return true;
}

}  // namespace sluice::trust
