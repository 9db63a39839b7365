# softmax: TensorFlow's operation, in a function written as data
import tensorflow as tf
def softmax(z):
    from tensorflow.core.framework import function_pb2
    from tensorflow.python.eager import context, execute
    f = function_pb2.FunctionDef()
    f.signature.name = "mine"
    for arg, name in ((f.signature.input_arg.add(), "x"), (f.signature.output_arg.add(), "y")):
        arg.name, arg.type = name, 2
    node = f.node_def.add()
    node.name, node.op = "s", "Softmax"
    node.input.append("x")
    node.attr["T"].type = 2
    f.ret["y"] = "s:softmax:0"
    ctx = context.context()
    ctx.ensure_initialized()
    ctx.add_function_def(f)
    return execute.execute("mine", 1, [tf.constant(z)], (), ctx)[0].numpy()
