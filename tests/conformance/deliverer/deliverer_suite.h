// What every Deliverer must do, whatever its mode: tests/conformance/deliverer/deliverer_test.cpp
// runs this suite on each receiver named in tests/conformance/deliverer.cmake
// (docs/adapter-guide.md).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/deliverer.h"

namespace sluice::adapters::conformance {

// A row as the bureau has it: by field, in the order in which it is shown; a field that has no
// value is there without one, one that does not belong to the row is not there.
struct ReceivedField {
  std::string field;
  std::optional<std::string> value;
  friend bool operator==(const ReceivedField&, const ReceivedField&) = default;
};
struct ReceivedRow {
  record::Operation operation = record::Operation::upsert;
  std::vector<ReceivedField> fields;
  friend bool operator==(const ReceivedRow&, const ReceivedRow&) = default;
};

// A bureau at the other end of a channel, with all that the deliverer needs to live.
class Receiver {
 public:
  virtual ~Receiver() = default;
  // A new object each time, as in another process.
  [[nodiscard]] virtual std::unique_ptr<Deliverer> open() = 0;

  // What it has of a delivery, by row.
  [[nodiscard]] virtual std::vector<ReceivedRow> received(const record::DeliveryName& name) = 0;
  // What it does with a row, from 1.
  virtual void take(const record::DeliveryName& name, std::uint64_t row) = 0;
  virtual void refuse(const record::DeliveryName& name, std::uint64_t row,
                      const std::string& reason) = 0;
  virtual void begin(const record::DeliveryName& name, std::uint64_t row) = 0;

  // Until repair(), a delivery breaks off at this row.
  virtual void break_at(std::uint64_t row) = 0;
  virtual void repair() = 0;

  // More are refused. Nothing: it takes any number.
  [[nodiscard]] virtual std::optional<std::size_t> most_rows() const = 0;
  // How it writes the values of typed_row() (deliverer_test.cpp), by field.
  [[nodiscard]] virtual std::map<std::string, std::string> typed_texts() const = 0;
};

struct Channel {
  std::string name;
  std::function<std::unique_ptr<Receiver>()> make;
};

class DelivererConformance : public testing::TestWithParam<Channel> {};

inline std::string channel_name(const testing::TestParamInfo<Channel>& channel) {
  return channel.param.name;
}

}  // namespace sluice::adapters::conformance
