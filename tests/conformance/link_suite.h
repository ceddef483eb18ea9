// What every Link must do, however it travels: link_test.cpp runs this suite on each instance named
// in tests/conformance/link.cmake.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "link/link.h"
#include "record/signature.h"

namespace sluice::link::conformance {

// A center with a real store at the far end of the link, and an origin whose batches it takes.
class Far {
 public:
  virtual ~Far() = default;
  // A new link to the center, as after a restart of the origin.
  [[nodiscard]] virtual std::unique_ptr<Link> connect() = 0;
  // While it is not, the center's store can not be reached.
  virtual void set_store_available(bool available) = 0;
  // What the center's store is now can be put back later, as from a backup.
  virtual void keep_store() = 0;
  virtual void put_store_back() = 0;
  // The next batch of the origin's stream, with this one row in it.
  [[nodiscard]] virtual record::Batch batch(const std::string& key) = 0;
  // The same, of a dataset that the center does not know yet.
  [[nodiscard]] virtual record::Batch unknown_batch() = 0;
  // It knows that dataset from now on.
  virtual void learn() = 0;
  // It holds what it can not take for its dataset's sake, without waiting; of links that are made
  // from now on.
  virtual void hold_at_once() = 0;
  // The tables of the dataset of batch() are being migrated at the center, and are no more.
  virtual void set_migrating(bool migrating) = 0;
  // It applies what it holds, as far as it can.
  virtual void settle() = 0;
  // The next batch, which the center can never take as it is: its dataset is another bureau's.
  [[nodiscard]] virtual record::Batch hopeless_batch() = 0;
  // A batch signed by somebody whom the center does not trust.
  [[nodiscard]] virtual record::Batch untrusted_batch() = 0;
  // What a receipt of the center must pass, and the moment at which.
  [[nodiscard]] virtual const record::Verifier& verifier() const = 0;
  [[nodiscard]] virtual record::Time now() const = 0;
};

struct Way {
  std::string name;
  std::function<std::unique_ptr<Far>()> open;
};

class LinkConformance : public testing::TestWithParam<Way> {};

inline std::string way_name(const testing::TestParamInfo<Way>& way) {
  return way.param.name;
}

}  // namespace sluice::link::conformance
