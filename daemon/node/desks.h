// Where people key records into the streams that begin on this node: a desk for each bureau with
// the channel manual entry, made from the configuration.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "entry/desk.h"
#include "entry/running_drafts.h"
#include "installation/installation.h"
#include "installation/schema_side.h"
#include "observe/log.h"

namespace sluice::node {

class Desks {
 public:
  // What must outlive the desks; by `objection` records of a dataset wait.
  struct Surroundings {
    const installation::Installation& installation;
    observe::Log& log;
    entry::RunningDrafts& running;  // of all desks of a process
    installation::SchemaObjection objection;
  };

  // `own` are the bureaus whose streams begin here. Opens a journal of its own for each that has
  // forms.
  [[nodiscard]] std::expected<void, std::string> open(const std::vector<record::BureauId>& own,
                                                      const Surroundings& surroundings);

  [[nodiscard]] const std::map<record::BureauId, std::unique_ptr<entry::Desk>>& all() const {
    return desks_;
  }
  [[nodiscard]] const entry::CodeTables& tables() const { return tables_; }

 private:
  entry::CodeTables tables_;
  std::map<record::BureauId, std::unique_ptr<entry::Desk>> desks_;  // behind the tables
};

}  // namespace sluice::node
