#include "settings/load.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "settings/code_table_file.h"
#include "settings/keying_reader.h"
#include "settings/readers.h"

namespace sluice::settings {
namespace {

// A file as it was read, kept until what it says has been compared with the others.
template <class Id>
struct ReadFile {
  Complaints complaints;
  std::optional<Value> document;
  Id id;
};

// Where there is none, nobody has said yet what this node is to be.
std::optional<Value> read_node_document(Complaints& complaints) {
  std::error_code error;
  if (std::filesystem::status(complaints.file(), error).type() !=
      std::filesystem::file_type::not_found) {
    return read_document(complaints);
  }
  complaints.add({}, "no file of this name",
                 "a readable file (`sluice init` writes that of a new node)");
  return std::nullopt;
}

class Loader {
 public:
  std::expected<Settings, std::vector<Complaint>> load(const std::filesystem::path& directory) {
    Complaints node_complaints(directory / "node.yaml");
    NodeFile file{.schemas = directory / "schemas", .bureaus = directory / "bureaus"};
    const auto document = read_node_document(node_complaints);
    if (document) {
      file = read_node(*document, directory, node_complaints);
      settings_.written.node = written_keys(*document);
    }
    const bool node_is_good = node_complaints.empty();
    read_schemas(files_in(file.schemas, ".json"));
    read_bureaus(files_in(file.bureaus, ".yaml"), directory);
    settings_.node = std::move(file.node);
    if (node_is_good) check_nodes(*document, settings_.node, settings_.bureaus, node_complaints);
    check_schemas();
    check_bureaus(node_is_good);
    if (!complaints_.empty() || !node_complaints.empty()) {
      // Whoever has to look at the files anyway is told of all that they lack.
      for (const Complaint& missing : settings_.node.identity.missing)
        node_complaints.add({missing.line, missing.column}, missing.found, missing.expected);
      std::ranges::move(node_complaints.take(), std::inserter(complaints_, complaints_.begin()));
      return std::unexpected(std::move(complaints_));
    }
    name_code_tables(directory);
    return std::move(settings_);
  }

 private:
  void keep(Complaints& complaints) {
    std::ranges::move(complaints.take(), std::back_inserter(complaints_));
  }

  // By name. A *.schema.json is for editors and describes the YAML files.
  std::vector<std::filesystem::path> files_in(const std::filesystem::path& directory,
                                              std::string_view ending) {
    std::vector<std::filesystem::path> files;
    Complaints complaints(directory);
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with('.') || name.ends_with(".schema.json")) continue;
      if (name.ends_with(ending)) {
        files.push_back(entry.path());
      } else if (name.ends_with(".yml")) {
        complaints.add_about(entry.path(), {}, "the ending `.yml`", "the ending `.yaml`");
      }
    }
    if (error == std::errc::no_such_file_or_directory) {
      complaints.add({}, "no directory of this name", "one, though it may be empty");
    } else if (error) {
      complaints.add({}, "what this user can not list (" + error.message() + ")",
                     "a directory, though it may be empty");
    }
    keep(complaints);
    std::ranges::sort(files);
    return files;
  }

  void read_schemas(const std::vector<std::filesystem::path>& files) {
    for (const auto& path : files) {
      ReadFile<record::DatasetId> file{.complaints = Complaints(path)};
      file.document = read_document(file.complaints);
      if (file.document) {
        record::Dataset dataset = read_schema(*file.document, file.complaints);
        file.id = dataset.id;
        settings_.written.datasets.emplace(file.id, written_keys(*file.document));
        read_code_tables(*file.document, dataset, path.parent_path(), file.complaints);
        settings_.datasets.emplace(dataset.id, std::move(dataset));
      }
      schema_files_.push_back(std::move(file));
    }
  }

  // Each once, whoever names it first; nothing of a schema that is not good in itself.
  void read_code_tables(const Value& document, const record::Dataset& dataset,
                        const std::filesystem::path& base, Complaints& complaints) {
    if (!complaints.empty()) return;
    const std::vector<record::Field>& fields = dataset.schema.fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::string& name = fields[i].keying.codes;
      if (name.empty()) continue;
      const auto [table, is_new] = settings_.code_tables.try_emplace(name);
      if (is_new) {
        table->second = read_code_entries(name, {base, settings_.written.codes}, complaints);
        if (!complaints.empty()) broken_tables_.insert(name);
      }
      if (broken_tables_.contains(name)) continue;
      check_codes(document.find("fields")->value.items[i], fields[i], table->second, complaints);
    }
  }

  void read_bureaus(const std::vector<std::filesystem::path>& files,
                    const std::filesystem::path& base) {
    for (const auto& path : files) {
      ReadFile<record::BureauId> file{.complaints = Complaints(path)};
      file.document = read_document(file.complaints);
      // Known to the others by its file's name, whatever it says itself, and even where it can not
      // be read: that is complained of once, and not of all that names it.
      file.id = record::BureauId(path.stem().string());
      Bureau bureau;
      if (file.document) {
        settings_.written.bureaus.emplace(file.id, written_keys(*file.document));
        bureau = read_bureau(*file.document, base, settings_.datasets, settings_.written.codes,
                             file.complaints);
      }
      settings_.bureaus.emplace(file.id, std::move(bureau));
      bureau_files_.push_back(std::move(file));
    }
  }

  // As people would who stand in the configuration's directory.
  void name_code_tables(const std::filesystem::path& directory) {
    const std::filesystem::path here = directory.lexically_normal();
    for (auto& [file, digest] : std::exchange(settings_.written.codes, {})) {
      const std::filesystem::path name = file.lexically_relative(here);
      const bool is_within = !name.empty() && *name.begin() != "..";
      settings_.written.codes.emplace(is_within ? name : file, digest);
    }
  }

  void check_schemas() {
    for (auto& file : schema_files_) {
      if (file.complaints.empty()) {
        const record::Dataset& dataset = settings_.datasets.at(file.id);
        check_references(*file.document, dataset, settings_.datasets, file.complaints);
        check_owner(*file.document, dataset, settings_.bureaus, file.complaints);
      }
      keep(file.complaints);
    }
  }

  void check_bureaus(bool node_is_good) {
    for (auto& file : bureau_files_) {
      if (file.document && file.document->is_map()) {
        const Bureau& bureau = settings_.bureaus.at(file.id);
        check_beside_others(*file.document, file.id, settings_.bureaus, file.complaints);
        if (node_is_good) {
          check_can_be_called(*file.document, bureau, settings_.node, file.complaints);
          check_can_be_keyed(*file.document, bureau, settings_.node, file.complaints);
        }
      }
      keep(file.complaints);
    }
  }

  Settings settings_;
  std::vector<ReadFile<record::DatasetId>> schema_files_;
  std::vector<ReadFile<record::BureauId>> bureau_files_;
  std::set<std::string> broken_tables_;  // complained of at their own lines
  std::vector<Complaint> complaints_;
};

}  // namespace

std::expected<Settings, std::vector<Complaint>> load(const std::filesystem::path& directory) {
  return Loader().load(directory);
}

std::expected<Node, std::vector<Complaint>> load_node(const std::filesystem::path& directory) {
  Complaints complaints(directory / "node.yaml");
  const auto document = read_node_document(complaints);
  NodeFile file;
  if (document) file = read_node(*document, directory, complaints);
  if (!complaints.empty()) return std::unexpected(complaints.take());
  return std::move(file.node);
}

std::expected<std::filesystem::path, std::vector<Complaint>> load_control_socket(
    const std::filesystem::path& directory) {
  Complaints complaints(directory / "node.yaml");
  const auto document = read_node_document(complaints);
  std::filesystem::path socket;
  if (document) socket = read_control_socket(*document, directory, complaints);
  if (!complaints.empty()) return std::unexpected(complaints.take());
  return socket;
}

const CarryingNode* Settings::carrier(const record::BureauId& bureau) const {
  const auto found = std::ranges::find_if(
      node.nodes, [&](const CarryingNode& other) { return other.bureaus.contains(bureau); });
  return found == node.nodes.end() ? nullptr : &*found;
}

}  // namespace sluice::settings
