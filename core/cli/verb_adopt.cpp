// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"
#include "cli/json_view.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/verb_list.hpp"

#include <boost/json/serialize.hpp>

#include <set>

namespace holdfast::cli {
namespace json = boost::json;
namespace {

// The containers of `owner`, or of every other owner when it is empty.
json::array objectsOf(const json::value& body, const std::string& owner) {
  json::array some;
  for (const json::value& object : list(body, "orphans")) {
    if (owner.empty() || rawText(object, "owner") == owner) {
      some.push_back(object);
    }
  }
  return some;
}

std::string objectTable(const json::array& objects) {
  Table table({"OWNER", "RUNTIME", "CONTAINER"});
  for (const json::value& object : objects) {
    table.add({text(object, "owner"), text(object, "runtime"), text(object, "name")});
  }
  return table.render();
}

// The one owner that there is; Failed when it has to be named.
std::string onlyOwner(const json::array& objects) {
  std::set<std::string> owners;
  for (const json::value& object : objects) {
    owners.insert(rawText(object, "owner"));
  }
  if (owners.size() != 1) {
    throw Failed("they have " + std::to_string(owners.size()) +
                     " different owners; name one with --from UUID",
                 kUsage);
  }
  return *owners.begin();
}

int run(Context& context) {
  const Answer found = get(context, "/v1/adopt");
  const json::array objects = objectsOf(found.body, context.arguments.value("from"));
  if (objects.empty()) {
    if (context.arguments.has("from")) {
      throw Failed("no container belongs to '" + oneLine(context.arguments.value("from")) +
                   "'; without --from all of other owners are shown");
    }
    context.console.err("There is nothing to adopt.\n");
    return kDone;
  }
  // Shown before anything is asked, on standard error so that -o json stays JSON.
  context.console.err(objectTable(objects));
  const std::string owner = onlyOwner(objects);
  if (!confirmed(context,
                 "Take these over? What the target does not name is then stopped and "
                 "removed (volumes never are).")) {
    context.console.err("Nothing was taken over.\n");
    return kFailed;
  }
  const Answer answer = post(context, "/v1/adopt", json::serialize(json::object{{"owner", owner}}));
  if (context.wantsJson()) {
    printJson(context, answer.body);
    return kDone;
  }
  const std::string said = text(answer.body, "message");
  context.console.out((said.empty() ? "Taken over from " + oneLine(owner) + "." : said) + "\n");
  return kDone;
}

}  // namespace

VerbSpec adoptVerb() {
  return {.name = "adopt",
          .summary = "take over objects of a lost state directory, after showing them",
          .options = {{.name = "from",
                       .value = OptionSpec::Value::Required,
                       .placeholder = "UUID",
                       .help = "only those of this owner"},
                      {.name = "yes", .letter = 'y', .help = "do not ask"}},
          .details =
              "Containers, networks and volumes carry the uuid of the state directory that made "
              "them (label io.holdfast.owner); the agent touches none of another owner.",
          .examples = "holdfast adopt\nholdfast adopt --from 3f2c6d2e-3c1e-4f70-9c1e-8f6a52b0b7aa",
          .run = run};
}

}  // namespace holdfast::cli
