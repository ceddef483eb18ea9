// What an edge asks its center about itself: whether it is known there, and for which bureaus. For
// who looks what is wrong between two nodes; nothing depends on the answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "link/https/https_connection.h"
#include "link/link.h"
#include "record/time.h"

namespace sluice::link {

// As whom the other side knows us.
struct Recognition {
  std::string node;  // who says so
  std::string kind;  // "node" or "bureau": what it takes us for
  std::string name;
  std::vector<std::string> bureaus;  // whose batches we may bring, or who we are
  record::Time time;                 // by its clock
  std::string version;               // of its program
};

[[nodiscard]] HttpRequest recognition_question();
// Nothing: it is of a version that was before this question.
[[nodiscard]] Result<std::optional<Recognition>> read_recognition(HttpAnswer answer,
                                                                  const std::string& place);

}  // namespace sluice::link
