"""Makes one flat CloudFormation template of template.yaml and all that it nests.

usage: transform.py TEMPLATE [NAME=VALUE ...] > flat.json

The SAM transform runs over every file, nested applications are put in place, parameters
get their values, and conditions are decided, as CloudFormation would do it for the stack
STACK in the account and Region below. What is left are resources and outputs whose only
functions are Ref, Fn::GetAtt and Fn::Join, over resources of the same file. The id of a
nested resource is the ids on the way to it, in one word; Metadata.Path has them with
slashes. The code of a function is an object of bucket "code", whose key is its folder below
functions/.
"""

import json
import logging
import os
import re
import sys

import yaml

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::StackName": "rightsmail",
    "AWS::URLSuffix": "amazonaws.com",
}

NOTHING = object()  # AWS::NoValue


class Loader(yaml.SafeLoader):
    """YAML with the short forms of CloudFormation. Dates stay text."""


def short(loader, tag, node):
    name = tag if tag in ("Ref", "Condition") else "Fn::" + tag
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if tag == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", short)
Loader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)


def load(path):
    with open(path, encoding="utf-8") as f:
        return yaml.load(f, Loader)  # noqa: S506, a subclass of SafeLoader


def transform(template):
    """Runs the SAM transform where the template asks for it."""
    if "Transform" not in template:
        return template
    # Here and not above: it takes a second to load, and wrong parameters are told at once.
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    # It makes a session of boto3, which wants a Region; it calls nothing. And it tells of
    # numbers of its own that nobody asked for.
    os.environ.setdefault("AWS_DEFAULT_REGION", PSEUDO["AWS::Region"])
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    for resource in template["Resources"].values():
        # Where sam package would have put the code; the key tells the folder.
        if resource["Type"] == "AWS::Serverless::Function":
            properties = resource["Properties"]
            properties["CodeUri"] = {"Bucket": "code", "Key": os.path.basename(properties["CodeUri"])}
    return Translator({}, Parser(), None).translate(template, {})


def join(parts):
    """Text of parts, as short as it can be written."""
    out = []
    for part in parts:
        if isinstance(part, dict) and list(part) == ["Fn::Join"]:
            items = part["Fn::Join"][1]
        elif isinstance(part, dict):
            items = [part]
        else:
            items = [text(part)]
        for item in items:
            if out and isinstance(item, str) and isinstance(out[-1], str):
                out[-1] += item
            elif item != "":
                out.append(item)
    if not out:
        return ""
    return out[0] if len(out) == 1 else {"Fn::Join": ["", out]}


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def split(value, delimiter):
    """Parts of a text that may hold references."""
    items = value["Fn::Join"][1] if isinstance(value, dict) and "Fn::Join" in value else [value]
    parts = [[]]
    for item in items:
        if not isinstance(item, str):
            parts[-1].append(item)
            continue
        first, *rest = item.split(delimiter)
        parts[-1].append(first)
        parts.extend([r] for r in rest)
    return [join(p) for p in parts]


class Stack:
    """One template with its values, at its place among the others."""

    def __init__(self, path, values, way=()):
        self.way, self.folder = way, os.path.dirname(path)
        template = load(path)
        resources = template.get("Resources", {})
        nested = {n: r for n, r in resources.items() if r["Type"] == "AWS::Serverless::Application"}
        for name in nested:
            del resources[name]
        self.values = self.parameters(template.get("Parameters", {}), values)
        self.conditions = template.get("Conditions", {})
        self.rules(template.get("Rules", {}))
        # A template that only nests has nothing left to transform.
        done = transform(template) if any(r["Type"].startswith("AWS::Serverless::") for r in resources.values()) else template
        self.resources = done.get("Resources", {})
        self.outputs = done.get("Outputs", {})
        self.nested, self.stacks = nested, {}

    def parameters(self, declared, given):
        unknown = set(given) - set(declared)
        if unknown:
            raise SystemExit(f"{self.place()} has no parameter {', '.join(sorted(unknown))}")
        values = {}
        for name, p in declared.items():
            if name not in given and "Default" not in p:
                raise SystemExit(f"{self.place()} needs a value for {name}")
            value = given.get(name, p.get("Default"))
            if p["Type"] == "CommaDelimitedList":
                value = split(value, ",")
            elif not isinstance(value, dict):
                value = self.allowed(name, p, text(value))
            values[name] = value
        return values

    def allowed(self, name, p, value):
        words = [text(w) for w in p.get("AllowedValues", [value])]
        if value not in words or not re.fullmatch(p.get("AllowedPattern", "(?s:.*)"), value):
            raise SystemExit(f"{self.place()}: {name} is not allowed: {p.get('ConstraintDescription', words)}")
        return value

    def rules(self, rules):
        for rule in rules.values():
            if "RuleCondition" in rule and not self.holds(rule["RuleCondition"]):
                continue
            for assertion in rule["Assertions"]:
                if not self.holds(assertion["Assert"]):
                    raise SystemExit(f"{self.place()}: {assertion['AssertDescription']}")

    def place(self):
        return "/".join(self.way) or "the template"

    def id(self, name):
        return "".join(self.way) + name

    def stack(self, name):
        if name not in self.stacks:
            p = self.nested[name]["Properties"]
            values = {k: self.value(v) for k, v in p.get("Parameters", {}).items()}
            self.stacks[name] = Stack(os.path.join(self.folder, p["Location"]), values, self.way + (name,))
        return self.stacks[name]

    def output(self, name):
        if name not in self.outputs:
            raise SystemExit(f"{self.place()} has no output {name}")
        return self.value(self.outputs[name]["Value"])

    def holds(self, condition):
        """Decides a condition: by name, or as it is written."""
        if isinstance(condition, str):
            return self.holds(self.conditions[condition])
        (name, args), = condition.items()
        if name == "Condition":
            return self.holds(args)
        if name == "Fn::Equals":
            return self.value(args[0]) == self.value(args[1])
        if name == "Fn::Not":
            return not self.holds(args[0])
        if name == "Fn::And":
            return all(self.holds(a) for a in args)
        if name == "Fn::Or":
            return any(self.holds(a) for a in args)
        raise SystemExit(f"{self.place()}: cannot decide {name}")

    def value(self, v):
        """v with everything decided that can be decided here."""
        if isinstance(v, list):
            return [x for x in (self.value(x) for x in v) if x is not NOTHING]
        if not isinstance(v, dict):
            return v
        if len(v) == 1:
            (name, args), = v.items()
            if name == "Ref":
                return self.ref(args)
            if name.startswith("Fn::"):
                return self.function(name[4:], args)
        return {k: x for k, x in ((k, self.value(x)) for k, x in v.items()) if x is not NOTHING}

    def ref(self, name):
        if name == "AWS::NoValue":
            return NOTHING
        if name in self.values:
            return self.values[name]
        if name in PSEUDO:
            return PSEUDO[name]
        if name not in self.resources:
            raise SystemExit(f"{self.place()} has nothing called {name}")
        return {"Ref": self.id(name)}

    def function(self, name, args):
        if name == "GetAtt":
            resource, attribute = args.split(".", 1) if isinstance(args, str) else args
            if resource in self.nested:
                return self.stack(resource).output(attribute.removeprefix("Outputs."))
            self.ref(resource)
            return {"Fn::GetAtt": [self.id(resource), attribute]}
        if name == "If":
            return self.value(args[1] if self.holds(args[0]) else args[2])
        if name == "Sub":
            return self.sub(*args) if isinstance(args, list) else self.sub(args, {})
        args = self.value(args)
        if name == "Join":
            delimiter, parts = args
            return join([x for p in parts for x in (delimiter, p)][1:])
        if name == "Split":
            return split(args[1], args[0])
        if name == "Select":
            return args[1][int(args[0])]
        raise SystemExit(f"{self.place()}: Fn::{name} is not known to {os.path.basename(__file__)}")

    def sub(self, pattern, own):
        parts = []
        for i, piece in enumerate(re.split(r"\$\{([^}]+)\}", pattern)):
            if i % 2 == 0:
                parts.append(piece)
            elif piece.startswith("!"):
                parts.append("${" + piece[1:] + "}")
            elif piece in own:
                parts.append(self.value(own[piece]))
            elif "." in piece:
                parts.append(self.function("GetAtt", piece))
            else:
                parts.append(self.ref(piece))
        return join(parts)

    def flat(self):
        """Every resource of this stack and of those below it."""
        out = {}
        for name, resource in self.resources.items():
            if "Condition" in resource and not self.holds(resource["Condition"]):
                continue
            r = {k: self.value(v) for k, v in resource.items() if k not in ("Condition", "DependsOn")}
            before = resource.get("DependsOn", [])
            before = [before] if isinstance(before, str) else before
            if before:
                r["DependsOn"] = [self.id(b) for b in before]
            r["Metadata"] = {**r.get("Metadata", {}), "Path": "/".join(self.way + (name,))}
            out[self.id(name)] = r
        for name in self.nested:
            for id, resource in self.stack(name).flat().items():
                if id in out:
                    raise SystemExit(f"two resources would be called {id}")
                out[id] = resource
        return out


def main(path, *values):
    stack = Stack(path, dict(v.split("=", 1) for v in values))
    flat = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": stack.flat(),
        "Outputs": {n: {"Value": stack.output(n)} for n in stack.outputs},
    }
    json.dump(flat, sys.stdout, indent=1, sort_keys=True)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
