// An edge does not wait to start until its center has said what it thinks of the schemas; and what
// never comes to serve tells nobody of its own.
#include "node/schema_watch.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "files/file_descriptor.h"
#include "support/development_ca.h"
#include "support/no_target.h"
#include "support/temporary_directory.h"

namespace sluice::node::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Takes connections and says nothing.
class SilentCenter {
 public:
  SilentCenter() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    const bool is_there = ::bind(listening_.get(), any, size) == 0 &&
                          ::listen(listening_.get(), 4) == 0 &&
                          ::getsockname(listening_.get(), any, &size) == 0;
    if (!is_there) throw std::runtime_error("no silent center");
    port_ = ntohs(address.sin_port);
  }
  [[nodiscard]] int port() const { return port_; }
  // Whether who called is still waiting for the answer.
  [[nodiscard]] bool is_waited_for() const {
    pollfd called{listening_.get(), POLLIN, 0};
    if (::poll(&called, 1, 60'000) != 1) return false;
    const files::FileDescriptor caller(
        ::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    std::array<char, 4096> said{};
    while (true) {
      const ssize_t count = ::recv(caller.get(), said.data(), said.size(), 0);
      if (count <= 0) return count < 0 && errno == EAGAIN;
    }
  }

 private:
  files::FileDescriptor listening_;
  int port_ = 0;
};

class SchemaWatchTest : public testing::Test {
 protected:
  SchemaWatchTest() {
    authority_.issue("node");
    authority_.write_revocations();
    std::filesystem::create_directories(directory_ / "config/bureaus");
    std::filesystem::create_directories(directory_ / "config/schemas");
    const std::string here = directory_.path().string();
    file("node.yaml") << "node: {name: edge, state_directory: " << here
                      << "/state, control_socket: " << here << "/control.socket}\n"
                      << "identity: {certificate: " << here << "/node.pem, key: " << here
                      << "/node.key, authorities: " << authority_.authorities().string()
                      << ", revocations: " << authority_.revocations().string() << "}\n"
                      << "listen: {address: 127.0.0.1, port: 0}\n"
                      << "uplink: {addresses: ['https://127.0.0.1:" << center_.port()
                      << "'], center_subject: \"CN=center\"}\n";
    file("bureaus/park.yaml") << "bureau: park\nname: park\n"
                                 "certificate_subject: \"CN=park,O=Sluice development\"\n"
                                 "channels: {direct: {}}\n"
                                 "publishes:\n  - {dataset: approval, channels: [direct]}\n";
    file("schemas/approval.json") << R"({"sluice:dataset": {"owner": "park", "title": "Approvals"},
               "fields": [{"name": "number", "type": "integer", "constraints": {"required": true}}],
               "primaryKey": ["number"]})";
    auto loaded = installation::load_installation(directory_ / "config");
    if (!loaded) throw std::runtime_error(loaded.error().lines.at(0));
    installation_ = std::move(*loaded);
  }
  std::ofstream file(const std::string& name) {
    return std::ofstream(directory_ / ("config/" + name));
  }

  record::test::TemporaryDirectory directory_;
  sluice::test::DevelopmentCa authority_{directory_.path()};
  SilentCenter center_;
  std::unique_ptr<installation::Installation> installation_;
  observe::Log log_{observe::Log::Level::error, std::make_unique<sluice::test::NoTarget>()};
  observe::Metrics metrics_;
};

TEST_F(SchemaWatchTest, IsThereBeforeACenterThatSaysNothingIsGivenUp) {
  const SchemaWatch watch({*installation_, log_, metrics_});
  EXPECT_TRUE(center_.is_waited_for());
  EXPECT_EQ(watch.conflict(record::DatasetId("approval")), std::nullopt)
      << "who has not answered refuses nothing";
}

TEST_F(SchemaWatchTest, WhatOneBeforeItFoundHoldsUntilTheCenterAnswers) {
  SchemaWatch watch({*installation_, log_, metrics_, {{record::DatasetId("approval"), "a field"}}});
  watch.begin();
  EXPECT_EQ(watch.conflict(record::DatasetId("approval")), "a field");
  EXPECT_EQ(metrics_.schema_conflict("approval").Value(), 1);
}

// The names of what is told.
class NamesTarget : public observe::LogTarget {
 public:
  std::error_code write(const observe::LogEntry& entry) override {
    const std::lock_guard lock(mutex_);
    names_.emplace_back(entry.event.name);
    return {};
  }
  [[nodiscard]] std::vector<std::string> names() const {
    const std::lock_guard lock(mutex_);
    return names_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> names_;
};

// A center whose tables have a field `name`.
class CenterSchemaWatchTest : public testing::Test {
 protected:
  CenterSchemaWatchTest() {
    authority_.issue("node");
    authority_.write_revocations();
    for (const char* folder : {"state", "config/bureaus", "config/schemas"})
      std::filesystem::create_directories(directory_ / folder);
    const std::string here = directory_.path().string();
    file("node.yaml") << "node: {name: center, state_directory: " << here
                      << "/state, control_socket: " << here << "/control.socket}\n"
                      << "identity: {certificate: " << here << "/node.pem, key: " << here
                      << "/node.key, authorities: " << authority_.authorities().string()
                      << ", revocations: " << authority_.revocations().string() << "}\n"
                      << "listen: {address: 127.0.0.1, port: 0}\n"
                      << "store: {kind: sqlite}\n";
    file("bureaus/park.yaml") << "bureau: park\nname: park\n"
                                 "certificate_subject: \"CN=park,O=Sluice development\"\n"
                                 "channels: {direct: {}}\n"
                                 "publishes:\n  - {dataset: approval, channels: [direct]}\n";
    good_ = load_with_field("name");
    auto store = good_->open_store();
    if (!store || !(*store)->prepare(good_->catalogue.find(approval_)->dataset)) {
      throw std::runtime_error("no tables");
    }
    bad_ = load_with_field("title");
  }
  std::ofstream file(const std::string& name) {
    return std::ofstream(directory_ / ("config/" + name));
  }
  std::unique_ptr<installation::Installation> load_with_field(const std::string& name) {
    file("schemas/approval.json") << fmt::format(
        R"({{"sluice:dataset": {{"owner": "park", "title": "Approvals"}},
             "fields": [{{"name": "number", "type": "integer", "constraints": {{"required": true}}}},
                        {{"name": "{}", "type": "string"}}],
             "primaryKey": ["number"]}})",
        name);
    auto loaded = installation::load_installation(directory_ / "config");
    if (!loaded) throw std::runtime_error(loaded.error().lines.at(0));
    return std::move(*loaded);
  }
  SchemaWatch::Surroundings of(const installation::Installation& installation) {
    return {installation, log_, metrics_};
  }
  static std::string conflicts_are(int value) {
    return fmt::format("sluice_schema_conflict{{dataset=\"approval\"}} {}\n", value);
  }

  const record::DatasetId approval_{"approval"};
  record::test::TemporaryDirectory directory_;
  sluice::test::DevelopmentCa authority_{directory_.path()};
  std::unique_ptr<installation::Installation> good_;
  std::unique_ptr<installation::Installation> bad_;
  NamesTarget* target_ = new NamesTarget();  // the log's
  observe::Log log_{observe::Log::Level::info, std::unique_ptr<observe::LogTarget>(target_)};
  observe::Metrics metrics_;
};

TEST_F(CenterSchemaWatchTest, WhatIsRefusedBesideOneThatServesIsNotToldAsInForce) {
  SchemaWatch running(of(*good_));
  running.begin();
  {
    const SchemaWatch refused(of(*bad_));
    EXPECT_NE(refused.conflict(approval_), std::nullopt);
  }
  EXPECT_THAT(metrics_.exposition(), HasSubstr(conflicts_are(0)));
  EXPECT_THAT(target_->names(), IsEmpty());
}

TEST_F(CenterSchemaWatchTest, WhatIsMendedByAnotherConfigurationIsToldOnceThatServes) {
  SchemaWatch running(of(*bad_));
  running.begin();
  EXPECT_THAT(metrics_.exposition(), HasSubstr(conflicts_are(1)));
  EXPECT_THAT(target_->names(), ElementsAre("schema-conflict"));
  SchemaWatch next(of(*good_));
  EXPECT_THAT(metrics_.exposition(), HasSubstr(conflicts_are(1)));
  running.end();
  next.begin();
  EXPECT_THAT(metrics_.exposition(), HasSubstr(conflicts_are(0)));
}

}  // namespace
}  // namespace sluice::node::test
