// Which form of the tables a journal's file has (PRAGMA user_version). It is raised when something
// comes to it; files of every earlier form are brought up when they are opened.
#pragma once

namespace sluice::journal {

constexpr int newest_format = 8;

}  // namespace sluice::journal
