// For which moments a signature is judged. It stays what it was on the day on which it was made,
// whatever comes after: certificates that end, names that change. What comes after all the same is
// that a key was stolen, which the revocation lists tell.
#pragma once

#include "record/time.h"

namespace sluice::record {

class Judgement {
 public:
  // What nobody has entered in the ledger or the journal yet. `made`: when it says it was made.
  // Every certificate of the signer's chain must have held then, and none may have been revoked by
  // then; one that was revoked later is good only where the reason says that its key was never in
  // other hands (superseded, cessationOfOperation, affiliationChanged). The lists must be in force
  // `now`.
  [[nodiscard]] static Judgement of_arrival(Time made, Time now) { return {made, now, false}; }
  // What lies in an archive and was judged when it came: a list of any age will do, and what was
  // revoked after it was made spoils nothing.
  [[nodiscard]] static Judgement of_kept(Time made) { return {made, made, true}; }

  [[nodiscard]] Time made() const { return made_; }
  [[nodiscard]] Time now() const { return now_; }
  [[nodiscard]] bool is_of_kept() const { return is_of_kept_; }

 private:
  Judgement(Time made, Time now, bool is_of_kept)
      : made_(made), now_(now), is_of_kept_(is_of_kept) {}

  Time made_;
  Time now_;
  bool is_of_kept_;
};

}  // namespace sluice::record
