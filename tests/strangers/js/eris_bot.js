// What every stranger does, in eris, which knows no port and no http: its agent brings it to the stand-in.
const { readFileSync } = require("node:fs");
const https = require("node:https");
const net = require("node:net");
const Eris = require("eris");

const { API, TOKEN, PICTURE } = process.env;
const { hostname, port, pathname } = new URL(API);

class PlainAgent extends https.Agent {
  createConnection() {
    return net.connect(port, hostname);
  }
}

const bot = new Eris(`Bot ${TOKEN}`, {
  intents: ["guilds"],
  maxShards: "auto",
  rest: { domain: hostname, baseURL: pathname, agent: new PlainAgent() },
});

const NAME = { type: 3, name: "name", description: "Whom", required: true };
const COMMANDS = [
  { type: 1, name: "greet", description: "Answers at once", options: [NAME] },
  { type: 1, name: "edit", description: "Answers, and then changes the answer" },
  { type: 1, name: "upload", description: "Thinks, and then shows a picture" },
];

const answers = {
  async greet(asked) {
    await asked.createMessage(`Hello ${asked.data.options[0].value}`);
  },
  async edit(asked) {
    await asked.createMessage("first");
    await asked.editOriginalMessage("second");
  },
  async upload(asked) {
    await asked.defer();
    await asked.editOriginalMessage("done", { name: "picture.png", file: readFileSync(PICTURE) });
  },
};

bot.once("ready", () => bot.bulkEditCommands(COMMANDS));
bot.on("interactionCreate", (asked) => answers[asked.data.name](asked));
bot.on("error", (error) => error.code !== 1006 && console.error(error)); // 1006: it was cut off, as it should be
bot.connect();
