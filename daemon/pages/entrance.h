// The door that every page stands behind: who is it, did the form come from a page of ours, may
// this person see this. What it lets in, it has looked up anew: a role that was taken away or a
// session that was ended counts from the next request on.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pages/page.h"
#include "pages/surroundings.h"
#include "pages/view/frame.h"
#include "pages/visit.h"
#include "people/secret.h"
#include "people/sign_in.h"
#include "record/key_digest.h"

namespace sluice::pages {

// Thread-safe. References must outlive it.
class Entrance {
 public:
  Entrance(const Surroundings& surroundings, const Pages& pages, people::SignIn& sign_in)
      : surroundings_(surroundings), pages_(pages), sign_in_(sign_in) {}

  // The page's answer, or why it has none. Blocks.
  [[nodiscard]] server::Response answer(const server::Request& request, const Page& page,
                                        people::People& people);

  // Where the page would stand that can not be shown. Never blocks.
  [[nodiscard]] server::Response problem(unsigned status, std::span<const server::HeaderField> head,
                                         std::string sentence = {}) const;

  // In place of a page that there is not, and of one that something of ours, which the sentence
  // names, does not let be shown now.
  [[nodiscard]] server::Response missing(const Visit& visit) const;
  [[nodiscard]] server::Response failed(const Visit& visit, std::string sentence) const;
  // What was asked for does not fit what is there now: somebody else was quicker.
  [[nodiscard]] server::Response conflict(const Visit& visit, std::string sentence) const;
  // Noted in the audit log, and said no more of.
  [[nodiscard]] server::Response deny(const Visit& visit, std::string_view reason) const;

  // Whether the bureau's stream begins on this node, so that its journal is here.
  [[nodiscard]] bool begins_here(const record::BureauId& bureau) const;
  // What stands for the record in the audit log (people/record_mark.h). Empty where the key is not
  // known, or the secret can not be read.
  [[nodiscard]] std::string record_mark(const Visit& visit, const record::DatasetId& dataset,
                                        const std::optional<record::Key>& key) const;
  // What stands around a page of this visit.
  [[nodiscard]] Frame frame(const Visit& visit, std::string_view current) const;
  // Of the bureaus that the configuration has, those for which the person has the right.
  [[nodiscard]] std::vector<record::BureauId> bureaus_for(const people::Assignment& person,
                                                          trust::PersonalRight right) const;
  // Told and logged: the database of people does not answer.
  [[nodiscard]] server::Response unavailable(const server::Request& request,
                                             const people::PeopleFailure& failure) const;

 private:
  template <class T>
  using OrAnswer = std::expected<T, server::Response>;
  [[nodiscard]] OrAnswer<std::optional<people::SignedIn>> recognise(const server::Request& request,
                                                                    people::People& people) const;
  [[nodiscard]] server::Response tell(const server::Request& request, const Frame& frame,
                                      unsigned status, std::string sentence) const;
  [[nodiscard]] server::Response tell(const Visit& visit, unsigned status,
                                      std::string sentence) const;
  [[nodiscard]] OrAnswer<void> admit(const Page& page, const Visit& visit) const;
  [[nodiscard]] OrAnswer<void> admit_form(const Visit& visit, const people::Secret& secret) const;
  [[nodiscard]] OrAnswer<void> check_rights(const std::vector<trust::PersonalRight>& rights,
                                            const Visit& visit) const;

  const Surroundings& surroundings_;
  const Pages& pages_;
  people::SignIn& sign_in_;
};

}  // namespace sluice::pages
