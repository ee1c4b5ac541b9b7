// Tabulated graphs: what a program in another language (Tracr's library for Python) has built, as data. The host of
// that language makes the document; from here on nothing knows that language. Format: GraphDoc in
// core/session/schema/contract.schema.json.
#pragma once
#include <memory>
#include "base/json_values.h"
#include "rasp/elaborate.h"

namespace rasp {

// What elaborate() gives, from a document and the program's text (for spans and pragmas). Every mistake is a
// diagnostic. `output` names a definition that takes the place of the document's own output. Throws LimitExceeded. With
// `missing`, functions are still being tabulated: rows that they lack are recorded there.
Elaboration read_graph(const Json& document, const std::string& program, const std::string& name,
                       const std::optional<std::string>& output, Diagnostics& diagnostics, Budget& budget,
                       std::shared_ptr<MissingRows> missing = nullptr,
                       std::vector<std::shared_ptr<const FunctionTable>>* functions = nullptr);

}  // namespace rasp
