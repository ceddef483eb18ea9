// Who may do what on this node: the one place that decides it, and that each endpoint asks.
// Whatever is not granted is denied.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "people/roles.h"
#include "record/identifiers.h"
#include "record/manifest.h"
#include "trust/caller.h"

namespace sluice::trust {

// The right of a bureau to publish a dataset by a mode.
struct PublishGrant {
  record::BureauId bureau;
  record::DatasetId dataset;
  record::Mode mode = record::Mode::direct;
  friend auto operator<=>(const PublishGrant&, const PublishGrant&) = default;
};

// What a person may do about one bureau's data. Which roles have which is a table (policy.cpp).
enum class PersonalRight : std::uint8_t {
  see_streams,          // how the bureau's data gets on: figures, no records
  see_runs,             // what became of its jobs
  steer_runs,           // pause, resume, run now
  handle_refused_rows,  // see them as they came, correct, take again, discard
  see_comparisons,      // how many records differ
  see_differing_keys,   // and which
  key_records,
  check_records,   // key again what another has keyed
  review_records,  // settle what the two keyed differently
  direct_work,     // hand out tasks, and see who did which
};
inline constexpr std::size_t personal_right_count =
    static_cast<std::size_t>(PersonalRight::direct_work) + 1;

// A value; safe to read from many threads.
class Policy {
 public:
  // Which bureaus' batches each node brings.
  using CarryGrants = std::map<record::NodeId, std::set<record::BureauId>>;

  Policy() = default;
  explicit Policy(std::set<PublishGrant> publish, CarryGrants carry = {})
      : publish_(std::move(publish)), carry_(std::move(carry)) {}

  // To have records of a dataset taken: only a bureau, of what is its own.
  [[nodiscard]] bool may_publish(const Caller& caller, const record::DatasetId& dataset,
                                 record::Mode mode) const;
  // To say what of a dataset is to be keyed by hand, and to be told how far that has come: only a
  // bureau, of what it publishes so.
  [[nodiscard]] bool may_order_keying(const Caller& caller,
                                      const record::DatasetId& dataset) const {
    return may_publish(caller, dataset, record::Mode::manual_entry);
  }
  // To bring a bureau's batches, to ask where its stream stands and how a batch was answered, and
  // to tell what its quarantine holds: only a node.
  [[nodiscard]] bool may_carry(const Caller& caller, const record::BureauId& bureau) const;
  // To ask for the keys and digests of what the central store has of a bureau's datasets: who
  // brings them.
  [[nodiscard]] bool may_compare(const Caller& caller, const record::BureauId& owner) const {
    return may_carry(caller, owner);
  }
  // To see what the node does, and to steer it: only on the machine itself.
  [[nodiscard]] bool may_operate(const Caller& caller) const;
  // A person has a right by an office of the node for every bureau, by a role of a bureau for this
  // bureau alone.
  [[nodiscard]] bool may(const people::Assignment& person, PersonalRight right,
                         const record::BureauId& bureau) const;

 private:
  std::set<PublishGrant> publish_;
  CarryGrants carry_;
};

}  // namespace sluice::trust
