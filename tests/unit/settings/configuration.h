// A configuration directory of a test's own that loads as it is; a test changes one thing in it and
// looks at what load() says.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "settings/load.h"

namespace sluice::settings::test {

inline const std::filesystem::path source_directory = SLUICE_SOURCE_DIR;

class Configuration {
 public:
  Configuration() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-settings-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
    for (const char* file : {"node.pem", "node.key", "ca.pem"})
      write(file, "");
    write("node.yaml", node);
    write("bureaus/park.yaml", park);
    write("schemas/approval.json", approval);
  }
  ~Configuration() {
    std::error_code ignored;  // what is left behind harms no test
    std::filesystem::remove_all(path_, ignored);
  }
  Configuration(const Configuration&) = delete;
  Configuration& operator=(const Configuration&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  Configuration& write(const std::string& name, std::string_view text) {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream stream(file, std::ios::binary);
    stream << text;
    if (!stream.flush()) throw std::runtime_error("can not write " + file.string());
    return *this;
  }

  Configuration& remove(const std::string& name) {
    std::filesystem::remove_all(path_ / name);
    return *this;
  }

  // Changes this one piece of text in a file.
  Configuration& with(const std::string& name, std::string_view old_text, std::string_view text) {
    std::ifstream stream(path_ / name, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(stream), {}};
    const std::size_t at = content.find(old_text);
    if (at == std::string::npos) throw std::runtime_error("no such text in " + name);
    content.replace(at, old_text.size(), text);
    return write(name, content);
  }

  [[nodiscard]] Settings settings() const {
    auto loaded = load(path_);
    if (loaded) return std::move(*loaded);
    std::string all = "complaints:";
    for (const Complaint& complaint : loaded.error())
      all += "\n" + to_string(complaint);
    throw std::runtime_error(all);
  }

  // As an operator reads them, but for the directory.
  [[nodiscard]] std::vector<std::string> complaints() const {
    std::vector<std::string> texts;
    const auto loaded = load(path_);
    if (loaded) return texts;
    const std::string prefix = path_.string() + "/";
    for (const Complaint& complaint : loaded.error()) {
      std::string text = to_string(complaint);
      for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) {
        text.erase(at, prefix.size());
      }
      texts.push_back(std::move(text));
    }
    return texts;
  }

  static constexpr std::string_view node = R"(node:
  name: center
  state_directory: state
  control_socket: /run/c.socket
identity:
  certificate: node.pem
  key: node.key
  authorities: ca.pem
listen:
  address: 127.0.0.1
store:
  kind: sqlite
)";

  static constexpr std::string_view park = R"(bureau: park
name: 海淀园
certificate_subject: CN=park
channels:
  direct: {}
  disk:
    drop_folder: drop/park
publishes:
  - dataset: approval
    channels: [direct, disk]
    mapping:
      fields:
        - {field: number, from: 文号}
)";

  static constexpr std::string_view approval = R"({
  "sluice:dataset": {"owner": "park"},
  "fields": [
    {"name": "number", "constraints": {"required": true}},
    {"name": "amount", "type": "number"},
    {"name": "approved_on", "type": "date"},
    {"name": "approved_at", "type": "datetime"}
  ],
  "primaryKey": "number"
})";

 private:
  std::filesystem::path path_;
};

}  // namespace sluice::settings::test
