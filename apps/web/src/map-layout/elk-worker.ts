// Answers ELK's own messages: the module installs its handler when it is loaded in a worker.
import "elkjs/lib/elk-worker.min.js";
