#include "conformance/link_suite.h"
#include "support/center_server.h"

namespace sluice::link::conformance {
namespace {

class OverTls final : public Far {
 public:
  std::unique_ptr<Link> connect() override { return server_.connect(); }
  void set_store_available(bool available) override {
    server_.center.is_store_available = available;
  }
  void keep_store() override { server_.center.keep_store(); }
  void put_store_back() override { server_.center.put_store_back(); }
  record::Batch batch(const std::string& key) override {
    return server_.center.batch(exchange::test::line(key));
  }
  record::Batch unknown_batch() override {
    return server_.center.batch_of("permit", "U\t\\N\tP\tname\n");
  }
  void learn() override { server_.center.learn("permit", "park"); }
  void hold_at_once() override { server_.center.hold_after(std::chrono::milliseconds(0)); }
  void set_migrating(bool migrating) override { server_.center.is_migrating = migrating; }
  void settle() override { server_.center.reception().settle_held(64).value(); }
  record::Batch hopeless_batch() override {
    server_.center.learn("foreign", "quality");
    return server_.center.batch_of("foreign", "U\t\\N\tF\tname\n");
  }
  record::Batch untrusted_batch() override {
    return server_.center.stray(server_.center.origin(), exchange::test::line("X"), stranger_);
  }
  const record::Verifier& verifier() const override { return server_.center.verifier; }
  record::Time now() const override { return server_.center.now; }

 private:
  api::test::CenterServer server_;
  record::Signer stranger_ = server_.center.certified("stranger");
};

INSTANTIATE_TEST_SUITE_P(Https, LinkConformance,
                         testing::Values(Way{"OverTls",
                                             [] { return std::make_unique<OverTls>(); }}),
                         way_name);

}  // namespace
}  // namespace sluice::link::conformance
