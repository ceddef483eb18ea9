#include "observe/journald_message.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "told.h"

namespace sluice::test {
namespace {

using observe::LogEntry;
using observe::LogField;
using testing::ElementsAre;
using testing::MatchesRegex;
using testing::Pair;

std::string message_of(std::string_view reason) {
  const std::array<LogField, 2> fields{LogField("bureau", "park"), LogField("reason", reason)};
  return observe::journald_message("sluiced", LogEntry(observe::declared_event<"stream-stopped">,
                                                       observe::Log::Level::error, fields));
}

// The native protocol, as systemd's page of it says, written anew.
std::map<std::string, std::string> read(std::string_view message) {
  std::map<std::string, std::string> fields;
  while (!message.empty()) {
    const std::size_t end = message.find_first_of("=\n");
    if (end == std::string_view::npos) throw std::runtime_error("a field without an end");
    std::string name(message.substr(0, end));
    const bool by_length = message[end] == '\n';
    message.remove_prefix(end + 1);
    std::size_t size = message.find('\n');
    if (by_length) {
      std::uint64_t told = 0;
      if (message.size() < sizeof told) throw std::runtime_error(name);
      std::memcpy(&told, message.data(), sizeof told);
      message.remove_prefix(sizeof told);
      size = told;
    }
    if (size >= message.size() || message[size] != '\n') throw std::runtime_error(name);
    if (!fields.emplace(std::move(name), message.substr(0, size)).second)
      throw std::runtime_error("a field twice");
    message.remove_prefix(size + 1);
  }
  return fields;
}

TEST(JournaldMessage, HasAFieldForEachKey) {
  EXPECT_THAT(
      read(message_of("the disk is full")),
      ElementsAre(Pair("MESSAGE",
                       "level=error event=stream-stopped bureau=park "
                       "reason=\"the disk is full\""),
                  Pair("MESSAGE_ID", observe::journald_message_id("stream-stopped")),
                  Pair("PRIORITY", "3"), Pair("SLUICE_BUREAU", "park"),
                  Pair("SLUICE_EVENT", "stream-stopped"), Pair("SLUICE_REASON", "the disk is full"),
                  Pair("SYSLOG_FACILITY", "3"), Pair("SYSLOG_IDENTIFIER", "sluiced")));
}

TEST(JournaldMessage, HostileBytesComeOutAsTheyWentIn) {
  for (const std::string& value : hostile_values()) {
    const auto fields = read(message_of(value));
    EXPECT_EQ(fields.at("SLUICE_REASON"), value);
    EXPECT_EQ(fields.size(), 8U);
  }
  const std::string long_one(1 << 20, 'a');
  EXPECT_EQ(read(message_of(long_one)).at("SLUICE_REASON"), long_one);
}

// Kept in journals and in what machines look for: it never changes.
TEST(JournaldMessage, HasAnIdOfItsEventThatStays) {
  std::set<std::string> ids;
  for (const observe::EventGroup& group : observe::event_groups) {
    for (const observe::Event& event : group.events) {
      const std::string id = observe::journald_message_id(event.name);
      EXPECT_THAT(id, MatchesRegex("[0-9a-f]{12}8[0-9a-f]{3}[89ab][0-9a-f]{15}"));
      EXPECT_TRUE(ids.insert(id).second) << event.name;
    }
  }
  EXPECT_EQ(observe::journald_message_id("stream-stopped"), "7335ddfe614a86d1bde6208d9cc05c44");
}

}  // namespace
}  // namespace sluice::test
