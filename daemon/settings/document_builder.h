// Makes values of yaml-cpp's events. Events, not its nodes: only they show anchors, tags and
// duplicate keys, each with its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include "settings/document.h"

namespace sluice::settings {

// Turns yaml-cpp's marks, which count bytes from 0, into places.
class Places {
 public:
  // `text` must outlive this.
  explicit Places(std::string_view text);
  [[nodiscard]] Place of(const YAML::Mark& mark) const;
  [[nodiscard]] Place of(std::size_t offset) const;

 private:
  std::string_view text_;
  std::vector<std::uint32_t> characters_;  // before each byte
};

class DocumentBuilder : public YAML::EventHandler {
 public:
  // Both must outlive the builder.
  DocumentBuilder(const Places& places, Complaints& complaints)
      : places_(places), complaints_(complaints) {}

  [[nodiscard]] int documents() const { return documents_; }
  [[nodiscard]] Value take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override;

 private:
  // A list or map that is still being filled. Of a map, what comes is a key and a value by turns.
  struct Open {
    Value value;
    std::string key;
    Place key_place;
    bool has_key = false;
    bool key_is_good = false;
  };
  void check_tag(const YAML::Mark& mark, const std::string& tag);
  void open(Value::Kind kind, const YAML::Mark& mark);
  void close();
  void put(Value value);
  void put_key(Open& map, const Value& key);
  void put_member(Open& map, Value value);

  const Places& places_;
  Complaints& complaints_;
  std::vector<Open> open_;
  Value root_;
  std::size_t values_ = 0;
  int documents_ = 0;
};

}  // namespace sluice::settings
