#include "conformance/link_suite.h"
#include "link/local/local_link.h"
#include "support/center_builder.h"

namespace sluice::link::conformance {
namespace {

class SameProcess final : public Far {
 public:
  std::unique_ptr<Link> connect() override {
    return std::make_unique<link::LocalLink>(center_.reception());
  }
  void set_store_available(bool available) override { center_.is_store_available = available; }
  void keep_store() override { center_.keep_store(); }
  void put_store_back() override { center_.put_store_back(); }
  record::Batch batch(const std::string& key) override {
    return center_.batch(exchange::test::line(key));
  }
  record::Batch unknown_batch() override { return center_.batch_of("permit", "U\t\\N\tP\tname\n"); }
  void learn() override { center_.learn("permit", "park"); }
  void hold_at_once() override { center_.hold_after(std::chrono::milliseconds(0)); }
  void set_migrating(bool migrating) override { center_.is_migrating = migrating; }
  void settle() override { center_.reception().settle_held(64).value(); }
  record::Batch hopeless_batch() override {
    center_.learn("foreign", "quality");
    return center_.batch_of("foreign", "U\t\\N\tF\tname\n");
  }
  record::Batch untrusted_batch() override {
    return center_.stray(center_.origin(), exchange::test::line("X"), stranger_);
  }
  const record::Verifier& verifier() const override { return center_.verifier; }
  record::Time now() const override { return center_.now; }

 private:
  exchange::test::Center center_;
  record::Signer stranger_ = center_.certified("stranger");
};

INSTANTIATE_TEST_SUITE_P(Local, LinkConformance,
                         testing::Values(Way{"SameProcess",
                                             [] { return std::make_unique<SameProcess>(); }}),
                         way_name);

}  // namespace
}  // namespace sluice::link::conformance
